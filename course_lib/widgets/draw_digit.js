// A pad to draw a digit on. Python turns the strokes into 8 x 8 pixels and asks the network; this file only shows.
const SIDE = 480; // dots of the pad's canvas, shown at half that size so that lines are smooth
const PEN_WIDTH = 0.07; // share of the pad, as in draw_digit.py
const NEAR = 0.012; // points closer than this share of the pad tell nothing new
const SEND_EVERY_MS = 150;

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function drawStrokes(canvas, strokes) {
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, SIDE, SIDE);
  pen.lineWidth = PEN_WIDTH * SIDE;
  pen.lineCap = pen.lineJoin = "round";
  for (const stroke of strokes) {
    pen.beginPath();
    pen.moveTo(stroke[0][0] * SIDE, stroke[0][1] * SIDE);
    for (const [x, y] of stroke) pen.lineTo(x * SIDE, y * SIDE);
    pen.stroke();
  }
}

// Collect strokes while the pointer is down; call `changed` with all of them as they grow.
function followPointer(canvas, readStrokes, changed) {
  let strokes = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const share = (at, from, length) => Math.round(Math.min(1, Math.max(0, (at - from) / length)) * 1000) / 1000;
    return [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)];
  };
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    strokes = [...readStrokes(), [place(event)]];
    changed(strokes, false);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (strokes === null) return;
    const stroke = strokes[strokes.length - 1];
    const [x, y] = place(event);
    const [lastX, lastY] = stroke[stroke.length - 1];
    if (Math.hypot(x - lastX, y - lastY) < NEAR) return;
    stroke.push([x, y]);
    changed(strokes, false);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      if (strokes !== null) changed(strokes, true);
      strokes = null;
    });
  }
}

function drawPixels(canvas, pixels) {
  const picture = canvas.getContext("2d").createImageData(8, 8);
  for (let i = 0; i < 64; i++) {
    const grey = Math.round(255 * (1 - (pixels[i] ?? 0)));
    picture.data.set([grey, grey, grey, 255], 4 * i);
  }
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

function makeBars() {
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const bar = element("div", { class: "bar" });
    const number = element("td");
    const row = element("tr", {}, element("th", { scope: "row" }, String(digit)));
    row.append(element("td", { class: "track" }, bar), number);
    return { row, bar, number };
  });
  const table = element("table", {}, element("caption", {}, "Probability of each digit"));
  table.append(element("tbody", {}, ...rows.map(({ row }) => row)));
  const show = (probabilities) => {
    const best = probabilities.indexOf(Math.max(...probabilities));
    rows.forEach(({ row, bar, number }, digit) => {
      const p = probabilities[digit] ?? 0;
      bar.style.width = `${100 * p}%`;
      number.textContent = probabilities.length ? p.toFixed(2) + (digit === best ? " best guess" : "") : "";
      row.className = digit === best ? "best" : "";
    });
  };
  return [table, show];
}

function makeButton(text, name, clicked) {
  const button = element("button", { type: "button", class: "course-button", "aria-label": name }, text);
  button.dataset.lmSuppressShortcuts = "true"; // or JupyterLab takes the Enter key for its cells
  button.addEventListener("click", clicked);
  return button;
}

function makeButtons(model) {
  const clear = makeButton("Clear", "Clear", () => model.send({ clear: true }));
  const examples = Array.from({ length: 10 }, (_, digit) =>
    makeButton(String(digit), `Show an example of a ${digit}`, () => model.send({ show_example: digit })),
  );
  return element("div", { class: "buttons" }, clear, " or show an example of a ", ...examples);
}

function render({ model, el }) {
  const pad = element("canvas", { class: "pad", width: SIDE, height: SIDE, role: "img" });
  pad.setAttribute("aria-label", "Drawing pad, for mouse, pen or finger. The buttons below show examples instead.");
  const seen = element("canvas", { class: "seen", width: 8, height: 8, role: "img" });
  seen.setAttribute("aria-label", "The 8 by 8 grey pixels that the network sees");
  const [bars, showBars] = makeBars();
  const message = element("div", { class: "message", role: "status", "aria-live": "polite" });
  const figure = (caption, node) => element("figure", {}, element("figcaption", {}, caption), node);
  const page = element("div", { class: "draw-digit" });
  page.append(figure("Draw a digit here", pad), figure("What the network sees", seen), bars);
  page.append(message, makeButtons(model));
  el.append(page);

  let timer = null;
  let drawn = model.get("strokes");
  const send = () => {
    timer = null;
    model.set("strokes", structuredClone(drawn));
    model.save_changes();
  };
  followPointer(pad, () => structuredClone(drawn), (strokes, isDone) => {
    drawn = strokes;
    drawStrokes(pad, strokes);
    if (isDone) {
      clearTimeout(timer);
      send();
    } else if (timer === null) {
      timer = setTimeout(send, SEND_EVERY_MS);
    }
  });
  const show = {
    strokes: () => {
      if (model.get("strokes").length > 0 && timer !== null) return; // the hand is ahead of the answer
      drawn = model.get("strokes");
      drawStrokes(pad, drawn);
    },
    pixels: () => drawPixels(seen, model.get("pixels")),
    probabilities: () => showBars(model.get("probabilities")),
    message: () => (message.innerHTML = model.get("message")),
  };
  for (const [name, update] of Object.entries(show)) {
    model.on(`change:${name}`, update);
    update();
  }
  return () => Object.entries(show).forEach(([name, update]) => model.off(`change:${name}`, update));
}

export default { render };
