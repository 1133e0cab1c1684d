#!/bin/sh
# Train a DCGAN on real handwritten digits in the run folder $1 for $2 steps; score it; export it; say what came out.
set -eu
run=$1
steps=$2

if [ -f "$run/model.keras" ]; then
    echo "$run is trained already; delete it to train anew."
elif [ -f "$run/run.json" ]; then
    ganapps resume "$run"
else
    echo "1/3  Training a DCGAN on 4,000 real handwritten digits."
    ganapps fit dcgan --data digits --preset small --steps "$steps" --ema 0.995 --name "$run"
fi

echo
echo "2/3  Scoring it against digits it has not seen (real-vs-real is the best that can be had)."
ganapps evaluate "$run" --against digits

echo
echo "3/3  Exporting it for a phone, and checking every file against Keras."
rm -rf "$run/export"
ganapps export "$run"
ganapps sample "$run/export" -n 64 --seed 1 --out "$run/from_the_phone_file.png"

last=$(ls "$run/samples" | tail -n 1)
cat <<END

Done. Look at:
  $run/samples/$last         what the generator draws (one picture each $((steps / 20)) steps)
  $run/report.html                       pictures over time, curves, scores: open it in a browser
  $run/from_the_phone_file.png           drawn by the .tflite file alone, without TensorFlow
  $run/export/README.md                  the phone files: sizes, latencies, score of each

Next:
  make apps                                 edit faces, enlarge photographs, draw landscapes, in the browser
  ganapps models                            the games there are
  ganapps fit acgan --data digits --preset small     digits by their label
  ganapps fit dcgan --data folder:PATH      your own pictures
(ganapps is in $(dirname "$(command -v ganapps)"); "source .venv/bin/activate" puts it on your PATH.)
END
