"use strict";
// What every page makes its elements with: text goes in as text, never as markup.
const LONG = 20000;
const WORDS = JSON.parse(document.getElementById("words")?.textContent ?? "{}"); // of the language of the page, none for English

// A text in the language of the page, with `values` in its {places}.
const say = (text, values = {}) => (Object.hasOwn(WORDS, text) ? WORDS[text] : text).replace(/\{(\w+)\}/g, (place, name) => Object.hasOwn(values, name) ? values[name] : place);

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
const unitsOf = (content, points) => {
  let units = 0;
  for (; points > 0 && units < content.length; points--) units += content.codePointAt(units) > 0xffff ? 2 : 1;
  return units;
};

// Fills `block` with `content`, of a long one with its beginning and a button for the rest.
const fillText = (block, content, span) => {
  const [from, to] = span ? span.map(offset => unitsOf(content, offset)) : [0, 0];
  const show = shown => {
    block.replaceChildren();
    if (span && to <= shown.length) block.append(shown.slice(0, from), make("mark", { title: say("what was read") }, shown.slice(from, to)), shown.slice(to));
    else block.append(shown);
  };
  if (content.length <= LONG) { show(content); return block; }
  const beginning = content.slice(0, LONG).replace(/[\ud800-\udbff]$/, "");
  show(beginning);
  block.append("\n", make("button", { type: "button", onclick: () => show(content) }, say("show {n} more characters", { n: content.length - beginning.length })));
  return block;
};

const textBlock = (content, span) => fillText(make("p", { class: "text", dir: "auto" }), content, span);

// What a model thought and how it refused, which is no part of its answer: the one folded, the other shown.
const reasoningAndRefusal = (turn, block = textBlock) => [
  turn.reasoning ? make("details", { class: "thought" }, make("summary", {}, say("what the model thought ({n} characters)", { n: turn.reasoning.length })), block(turn.reasoning)) : null,
  turn.refusal ? make("div", { class: "refusal" }, make("p", { class: "quiet" }, say("refused with")), textBlock(turn.refusal)) : null];

const fact = (name, value) => value === null || value === undefined || value === "" ? [] : [make("dt", {}, clipped(name)), fillText(make("dd", {}), String(value))];

const verdictChip = verdict => make("span", { class: `verdict ${verdict.replace(" ", "-")}` }, say(verdict));

// The picture of a case, empty where it has none; a hash may have the name of what every object has.
const pictureIn = (pictures, item) => Object.hasOwn(pictures, item.picture) ? pictures[item.picture] : "";

// A picture that a click shows whole.
const zoomable = (source, name) => {
  const image = make("img", { src: source, alt: say("picture of {name}", { name: clipped(name) }) });
  const button = make("button", { class: "seen", type: "button", "aria-expanded": "false", title: say("show the whole picture") }, image);
  button.addEventListener("click", () => button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true")));
  return button;
};

// The keys of a page with a list: / to the search and Escape out of it, j and k, or the arrows in the list, to `move` from `selectedIndex()`,
// and `others` of its own.
const addListKeys = (list, search, selectedIndex, move, others = {}) => addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "Escape" && isTyping) { event.target.blur(); event.preventDefault(); } // what was searched for stays, to be moved through
  if (isTyping) return;
  if (Object.hasOwn(others, event.key)) others[event.key]();
  if (event.key === "/") { search.focus(); event.preventDefault(); }
  if (event.key === "j" || (event.key === "ArrowDown" && event.target === list)) { move(selectedIndex() + 1); event.preventDefault(); }
  if (event.key === "k" || (event.key === "ArrowUp" && event.target === list)) { move(Math.max(0, selectedIndex() - 1)); event.preventDefault(); }
});
