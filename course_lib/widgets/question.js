// One question with its options. Python keeps the record; this file only asks.
export default {
  render({ model, el }) {
    const form = document.createElement("form");
    form.style.cssText = "border-left: 4px solid #0072b2; padding: 4px 12px; margin: 4px 0";
    const group = document.createElement("fieldset");
    group.style.cssText = "border: none; margin: 0; padding: 0";
    const legend = document.createElement("legend");
    legend.innerHTML = model.get("question");
    legend.style.cssText = "padding: 0 0 4px";
    group.append(legend);
    const radios = model.get("options").map((option) => {
      const label = document.createElement("label");
      label.style.cssText = "display: block; padding: 2px 0; cursor: pointer";
      const radio = document.createElement("input");
      Object.assign(radio, { type: "radio", name: "option" });
      radio.dataset.lmSuppressShortcuts = "true"; // or JupyterLab takes the arrow keys for its cells
      const text = document.createElement("span");
      text.innerHTML = ` ${option}`;
      label.append(radio, text);
      group.append(label);
      return radio;
    });
    const button = document.createElement("button");
    button.className = "course-button";
    button.dataset.lmSuppressShortcuts = "true";
    button.textContent = "Record my prediction";
    const status = document.createElement("div");
    status.setAttribute("role", "status");
    form.append(group, button, status);
    el.append(form);

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      model.send({ record: radios.findIndex((radio) => radio.checked) });
    });
    const show = {
      chosen: () => radios.forEach((radio, i) => (radio.checked = i === model.get("chosen"))),
      status: () => (status.innerHTML = model.get("status")),
    };
    for (const [name, update] of Object.entries(show)) {
      model.on(`change:${name}`, update);
      update();
    }
    return () => Object.entries(show).forEach(([name, update]) => model.off(`change:${name}`, update));
  },
};
