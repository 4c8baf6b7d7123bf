// The browser's own slider: label, arrow keys, Home and End, touch and screen readers work as everywhere else.
export default {
  render({ model, el }) {
    const name = document.createElement("span");
    name.textContent = model.get("label");
    name.style.cssText = "flex: 0 0 9em; text-align: right";
    const slider = document.createElement("input");
    slider.type = "range";
    slider.min = model.get("low");
    slider.max = model.get("high");
    slider.step = model.get("step");
    slider.style.cssText = "flex: 1; accent-color: #0072b2; cursor: pointer";
    const number = document.createElement("output");
    number.style.cssText = "flex: 0 0 4em; font-variant-numeric: tabular-nums";
    const row = document.createElement("label");
    row.style.cssText = "display: flex; align-items: center; gap: 12px; max-width: 40em; padding: 3px 0";
    row.dataset.lmSuppressShortcuts = "true"; // or JupyterLab takes the arrow keys for itself
    row.append(name, slider, number);
    el.append(row);

    const update = () => {
      slider.value = model.get("value");
      number.textContent = model.get("value").toFixed(model.get("decimals"));
    };
    slider.addEventListener("input", () => {
      model.set("value", slider.valueAsNumber);
      model.save_changes();
    });
    model.on("change:value", update);
    update();
    return () => model.off("change:value", update);
  },
};
