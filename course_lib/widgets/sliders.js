// The browser's own sliders: labels, arrow keys, Home and End, touch and screen readers work as everywhere else.
const ROW = "display: flex; align-items: center; gap: 12px; max-width: 40em; padding: 3px 0";

function makeRow({ low, high, step, decimals, label }, changed) {
  const row = document.createElement("label");
  row.style.cssText = ROW;
  const name = document.createElement("span");
  name.textContent = label;
  name.style.cssText = "flex: 0 0 11em; text-align: right";
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: low, max: high, step });
  slider.dataset.lmSuppressShortcuts = "true"; // or JupyterLab takes the arrow keys for its cells
  slider.style.cssText = "flex: 1; accent-color: #0072b2; cursor: pointer";
  slider.addEventListener("input", () => changed(slider.valueAsNumber));
  const number = document.createElement("output");
  number.style.cssText = "flex: 0 0 4em; font-variant-numeric: tabular-nums";
  row.append(name, slider, number);
  const show = (value) => {
    slider.value = value;
    number.textContent = value.toFixed(decimals);
  };
  return { row, show };
}

export default {
  render({ model, el }) {
    const page = document.createElement("div");
    const change = (values) => {
      model.set("values", values);
      model.save_changes();
    };
    const rows = model.get("sliders").map((slider, i) =>
      makeRow(slider, (value) => change(model.get("values").with(i, value))),
    );
    const reset = document.createElement("button");
    reset.type = "button";
    reset.textContent = "Back to the start";
    reset.className = "course-button";
    reset.dataset.lmSuppressShortcuts = "true";
    reset.addEventListener("click", () => change(model.get("sliders").map(({ start }) => start)));
    page.append(...rows.map(({ row }) => row), reset);
    el.append(page);

    const update = () => model.get("values").forEach((value, i) => rows[i].show(value));
    model.on("change:values", update);
    update();
    return () => model.off("change:values", update);
  },
};
