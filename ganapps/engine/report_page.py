"""The frame of `report.html`: its style sheet and its script. Plain CSS and JavaScript, nothing from the network."""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style></head>
<body><main>{body}</main><script>{script}</script></body></html>
"""

STYLE = """
:root{--page:#f6f7f9;--card:#fff;--ink:#14171c;--soft:#59616e;--rule:#e4e7ec;--accent:#2463d1;--good:#177245;--warn:#a35a00;
--c0:#2463d1;--c1:#d4570a;--c2:#178055;--c3:#8446c8;--c4:#bd2a6b;--c5:#0d7d92;--shade:0 1px 2px rgba(20,23,28,.06)}
@media(prefers-color-scheme:dark){:root{--page:#0f1216;--card:#181c22;--ink:#e9ecf1;--soft:#98a2b0;--rule:#2b313a;--accent:#7aa8ff;
--good:#5fce96;--warn:#f0b35a;--c0:#7aa8ff;--c1:#ff9a5a;--c2:#55cf98;--c3:#c39bff;--c4:#ff86b8;--c5:#5fd3e6;--shade:none}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1180px;margin:0 auto;padding:32px 20px 56px}
h1{font-size:28px;line-height:1.2;margin:0;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:17px;margin:36px 0 12px}
a{color:var(--accent)}
header p{margin:6px 0 0;color:var(--soft)}
.state{display:inline-block;margin-left:10px;padding:2px 10px;border-radius:99px;font-size:13px;font-weight:600;
vertical-align:5px;border:1px solid currentColor;color:var(--good)}
.state.open{color:var(--warn)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin-top:22px}
.tile,.card,.chart{background:var(--card);border:1px solid var(--rule);border-radius:10px;box-shadow:var(--shade)}
.tile{padding:12px 16px}
.tile b{display:block;font-size:20px;white-space:nowrap;line-height:1.25;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:13px}
.card{padding:16px;min-width:0}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:14px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:14px;align-items:start}
.player img{display:block;margin:0 auto;max-width:100%;max-height:620px;border-radius:4px;background:#fff}
.player img.small{image-rendering:pixelated}
.bar{display:flex;gap:12px;align-items:center;margin-top:14px}
.bar input{flex:1;accent-color:var(--accent);min-width:60px}
.bar output{min-width:9ch;text-align:right;font-variant-numeric:tabular-nums}
button{font:inherit;font-size:14px;color:var(--ink);background:transparent;border:1px solid var(--rule);border-radius:7px;
padding:4px 12px;cursor:pointer}
button:hover{border-color:var(--accent);color:var(--accent)}
button:focus-visible,input:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.chart{margin:0;padding:14px 16px 10px;min-width:0}
figcaption{font-weight:600}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;color:var(--soft);font-size:13px;margin:2px 0 4px}
.legend i{display:inline-block;width:16px;height:0;border-top:3px solid var(--hue);margin-right:6px;vertical-align:4px}
.legend i.dash{border-top-style:dashed;border-top-width:2px}
.plot{position:relative}
svg{display:block;width:100%;height:auto}
polyline{fill:none;stroke-width:1.8;stroke-linejoin:round}
.band{opacity:.16}.rule{stroke:var(--rule)}.level{stroke-width:1.6;stroke-dasharray:6 4}
.cross{stroke:var(--soft);stroke-dasharray:3 3}
.tick{fill:var(--soft);font-size:11.5px;font-variant-numeric:tabular-nums}
.tip{position:absolute;top:6px;pointer-events:none;background:var(--card);border:1px solid var(--rule);border-radius:7px;
padding:6px 10px;font-size:12.5px;line-height:1.45;box-shadow:0 4px 14px rgba(0,0,0,.18);white-space:nowrap;z-index:1}
.tip b{float:right;margin-left:14px;font-variant-numeric:tabular-nums}
.tip i{display:inline-block;width:8px;height:8px;border-radius:2px;margin-right:6px}
.note,.empty{color:var(--soft);font-size:13px;margin:6px 0 2px}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid var(--rule);vertical-align:top}
tr:last-child>*{border-bottom:0}
th{font-weight:500;color:var(--soft);white-space:nowrap}
td{overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.card h3{font-size:14px;margin:0 0 6px}
pre{margin:0;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;
white-space:pre-wrap;overflow-wrap:anywhere}
.next{display:grid;gap:10px}
.next div{display:grid;grid-template-columns:minmax(150px,220px) 1fr auto;gap:14px;align-items:center}
.next div+div{border-top:1px solid var(--rule);padding-top:10px}
.next span{color:var(--soft);font-size:14px}
@media(max-width:640px){.next div{grid-template-columns:1fr auto}.next span{grid-column:1/-1}}
footer{margin-top:36px;color:var(--soft);font-size:13px}
@media print{body{background:#fff}button,.bar{display:none}}
"""

SCRIPT = """
for (const player of document.querySelectorAll('.player')) {
  const frames = JSON.parse(player.querySelector('script').textContent);
  const image = player.querySelector('img'), slider = player.querySelector('input');
  const label = player.querySelector('output'), button = player.querySelector('button');
  let timer = 0;
  const show = () => { const f = frames[slider.value]; image.src = f.src; image.alt = label.textContent = f.label; };
  const stop = () => { clearInterval(timer); timer = 0; button.textContent = 'Play'; };
  slider.oninput = () => { stop(); show(); };
  button.onclick = () => {
    if (timer) return stop();
    if (+slider.value === frames.length - 1) slider.value = 0;
    show(); button.textContent = 'Pause';
    timer = setInterval(() => {
      slider.value = +slider.value + 1; show();
      if (+slider.value === frames.length - 1) stop();
    }, 300);
  };
}
for (const chart of document.querySelectorAll('.chart')) {
  const data = JSON.parse(chart.querySelector('script').textContent);
  const plot = chart.querySelector('.plot'), cross = chart.querySelector('.cross'), tip = chart.querySelector('.tip');
  const width = chart.querySelector('svg').viewBox.baseVal.width;
  const steps = [...new Set(data.lines.flatMap(line => line.x))].sort((a, b) => a - b);
  const hide = () => { tip.hidden = true; cross.setAttribute('visibility', 'hidden'); };
  plot.onpointerleave = hide;
  plot.onpointermove = event => {
    const box = plot.getBoundingClientRect(), place = (event.clientX - box.left) / box.width;
    const want = data.first + (place - data.left) / (data.right - data.left) * (data.last - data.first);
    if (!steps.length) return hide();
    const step = steps.reduce((best, x) => Math.abs(x - want) < Math.abs(best - want) ? x : best);
    const share = data.left + (step - data.first) / (data.last - data.first) * (data.right - data.left);
    cross.setAttribute('x1', share * width); cross.setAttribute('x2', share * width);
    cross.setAttribute('visibility', 'visible');
    tip.replaceChildren('step ' + step.toLocaleString('en'));
    for (const line of data.lines) {
      const index = line.x.indexOf(step);
      if (index < 0) continue;
      const row = document.createElement('div'), dot = document.createElement('i'), value = document.createElement('b');
      dot.style.background = line.hue; value.textContent = line.y[index];
      row.append(dot, line.name, value); tip.append(row);
    }
    tip.hidden = false;
    const side = share * box.width;
    tip.style.left = (side > box.width / 2 ? side - tip.offsetWidth - 12 : side + 12) + 'px';
  };
}
for (const button of document.querySelectorAll('.next button')) button.onclick = async () => {
  const text = button.previousElementSibling.textContent;
  try { await navigator.clipboard.writeText(text); }
  catch { const box = document.createElement('textarea'); box.value = text; document.body.append(box); box.select();
          document.execCommand('copy'); box.remove(); }
  button.textContent = 'Copied'; setTimeout(() => { button.textContent = 'Copy'; }, 1200);
};
"""
