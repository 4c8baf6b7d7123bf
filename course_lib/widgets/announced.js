// A region that stays while its content changes: screen readers announce the change.
export default {
  render({ model, el }) {
    el.setAttribute("role", "status");
    el.setAttribute("aria-live", "polite");
    const update = () => {
      el.innerHTML = model.get("html");
    };
    model.on("change:html", update);
    update();
    return () => model.off("change:html", update);
  },
};
