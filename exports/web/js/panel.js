// What the three tabs share: the choice of a model, loading it, and the line that says what happened.

import { duration, h, size } from "./dom.js";
import { fileOf, Slot } from "./engine.js";

export class Panel {
  /**
   * @param bundles those that this tab can use, the first is chosen.
   * @param changed called when another is chosen.
   */
  constructor(bundles, changed = () => {}) {
    this.bundles = bundles;
    this.bundle = bundles[0];
    this.status = h("p", { class: "status", role: "status" });
    this.slot = new Slot((part) => this.tell(`Fetching the model (${size(fileOf(this.bundle)[1].bytes)}): ${Math.round(100 * part)} %`));
    this.choice = h("select", { "aria-label": "model", hidden: bundles.length < 2, onchange: () => {
      this.bundle = bundles[this.choice.selectedIndex];
      this.tell("");
      changed();
    } }, ...bundles.map((bundle) => h("option", {}, bundle.title)));
  }

  /** The chosen bundle's model, loaded. */
  async model() {
    this.tell("Preparing the model…");
    try {
      return await this.slot.model(this.bundle);
    } catch (error) {
      this.tell("");
      throw error;
    }
  }

  /** Say something under the pictures. */
  tell(sentence) {
    this.status.textContent = sentence;
  }

  /** Say how long it took, and where. */
  told(ms, model, more = "") {
    this.tell(`${duration(ms)}${more} · ${model.by}`);
  }
}

/** What a tab shows when there is no bundle for it. */
export function nothing(what, command) {
  return h("div", { class: "empty" }, h("h2", {}, "Nothing here yet"),
    h("p", {}, `No bundle in exports/ ${what}. Make one and write the page's list anew:`),
    h("pre", {}, `${command}\nmake web`));
}
