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

const text = (content, span) => {
  const block = make("p", { class: "text", dir: "auto" });
  const fill = whole => {
    block.textContent = "";
    const said = whole ? content : content.slice(0, LONG);
    if (span && span[1] <= said.length) {
      block.append(said.slice(0, span[0]), make("mark", { title: "what was read" }, said.slice(span[0], span[1])), said.slice(span[1]));
    } else block.append(said);
    if (said.length < content.length) {
      block.append("\n", make("button", { type: "button", onclick: () => fill(true) }, `show ${content.length - said.length} more characters`));
    }
  };
  fill(false);
  return block;
};

const fact = (name, value) => value === null || value === undefined || value === "" ? [] : [make("dt", {}, name), make("dd", {}, String(value))];

