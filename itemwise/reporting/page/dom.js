"use strict";
// What every page makes its elements with: text goes in as text, never as markup.
const LONG = 20000;

const make = (name, properties = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") element.className = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
};

// The beginning of a long name, no character cut in two.
const clipped = (content, most = 200) => content.length > most ? `${content.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…` : content;

// A name among other words: what it says of direction ends with it.
const isolated = (content, most) => make("bdi", {}, clipped(content, most));

// A span counts code points, as Python does; a string here counts 16-bit units.
const units = (content, points) => {
  let at = 0;
  for (; points > 0 && at < content.length; points--) at += content.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
};

// Fills `block` with `content`, of a long one with its beginning and a button for the rest.
const fill = (block, content, span) => {
  const [from, to] = span ? span.map(place => units(content, place)) : [0, 0];
  const show = said => {
    block.replaceChildren();
    if (span && to <= said.length) block.append(said.slice(0, from), make("mark", { title: "what was read" }, said.slice(from, to)), said.slice(to));
    else block.append(said);
  };
  if (content.length <= LONG) { show(content); return block; }
  const beginning = content.slice(0, LONG).replace(/[\ud800-\udbff]$/, "");
  show(beginning);
  block.append("\n", make("button", { type: "button", onclick: () => show(content) }, `show ${content.length - beginning.length} more characters`));
  return block;
};

const text = (content, span) => fill(make("p", { class: "text", dir: "auto" }), content, span);

// What a model thought and how it refused, which is no part of its answer: the one folded, the other said.
const apart = said => [
  said.reasoning ? make("details", { class: "thought" }, make("summary", {}, `what the model thought (${said.reasoning.length} characters)`), text(said.reasoning)) : null,
  said.refusal ? make("div", { class: "refusal" }, make("p", { class: "quiet" }, "refused with"), text(said.refusal)) : null];

const fact = (name, value) => value === null || value === undefined || value === "" ? [] : [make("dt", {}, clipped(name)), fill(make("dd", {}), String(value))];

// The picture of a case, empty where it has none; a hash may have the name of what every object has.
const pictureIn = (pictures, each) => Object.hasOwn(pictures, each.picture) ? pictures[each.picture] : "";

// A picture that a click shows whole.
const zoomable = (source, name) => {
  const image = make("img", { src: source, alt: `picture of ${clipped(name)}` });
  const button = make("button", { class: "seen", type: "button", "aria-expanded": "false", title: "show the whole picture" }, image);
  button.addEventListener("click", () => button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true")));
  return button;
};

// The keys of a page with a list: / to the search and Escape out of it, j and k, or the arrows in the list, to `move` from its `place`.
const steered = (list, search, place, move) => addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "Escape" && typing) { event.target.blur(); event.preventDefault(); } // what was searched for stays, to be moved through
  if (typing) return;
  if (event.key === "/") { search.focus(); event.preventDefault(); }
  if (event.key === "j" || (event.key === "ArrowDown" && event.target === list)) { move(place() + 1); event.preventDefault(); }
  if (event.key === "k" || (event.key === "ArrowUp" && event.target === list)) { move(Math.max(0, place() - 1)); event.preventDefault(); }
});

