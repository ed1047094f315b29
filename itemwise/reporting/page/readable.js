// Text as people read it: elements of the trees that the report was written with, and of no other names; their text goes in as text.
const ELEMENTS = {
  "http://www.w3.org/1999/xhtml": new Set("p h5 ul ol li blockquote pre code strong em s hr mark table thead tbody tr th td".split(" ")),
  "http://www.w3.org/1998/Math/MathML": new Set(("math mrow mi mn mo mtext mspace mfrac msqrt mroot msup msub msubsup mover munder munderover "
    + "mtable mtr mtd mstyle mpadded mphantom menclose").split(" ")),
};

const built = (tree, space = "http://www.w3.org/1999/xhtml") => {
  if (typeof tree === "string") return tree;
  const [name, ...rest] = tree;
  const within = name === "math" ? "http://www.w3.org/1998/Math/MathML" : space;
  if (!ELEMENTS[within].has(name)) return "";
  const element = document.createElementNS(within, name);
  if (rest.length && typeof rest[0] === "object" && !Array.isArray(rest[0])) {
    for (const [attribute, value] of Object.entries(rest.shift())) element.setAttribute(attribute, value);
  }
  element.append(...rest.map(child => built(child, within)));
  return element;
};

// A text as it was written, which `asWritten` makes, where `isRaw`; else as its `tree` has it: a string there says why there is no tree;
// without any it reads as it stands.
const readableBlock = (content, tree, span, isRaw, asWritten = () => textBlock(content, span)) => {
  if (isRaw) return asWritten();
  if (typeof tree === "string") return make("div", {}, make("p", { class: "quiet" }, say("shown as it was written: {why}", { why: say(tree) })), asWritten());
  const block = make("div", { class: tree || !/^\s*[[{]/.test(content) ? "prose" : "prose code", dir: "auto" });
  if (!tree) return fillText(block, content, span);
  block.append(...tree.slice(1).map(child => built(child)));
  const isMarked = !span || block.querySelector("mark, .read");
  return isMarked ? block : make("div", {}, block, make("p", { class: "quiet" }, say("what was read cannot be marked here: raw text (key r) marks it")));
};

// Whether the texts of `detail` are shown as they were written, which a button and a key change; then `show` shows them anew.
const rawSwitch = (detail, show) => {
  let isRaw = false;
  const turn = () => {
    isRaw = !isRaw;
    const top = detail.scrollTop, isFocused = document.activeElement?.id === "raw";
    show();
    detail.scrollTop = top;
    if (isFocused) document.getElementById("raw").focus();
  };
  const button = () => make("button", { type: "button", id: "raw", "aria-pressed": String(isRaw), title: say("key r: prompts and replies as they were written"), onclick: turn }, say("raw text"));
  return { turn, button, isRaw: () => isRaw };
};

// How many texts of a page are shown as they were written, for all that the others took to lay out.
const tellAsWritten = (n, all) => {
  const told = document.getElementById("as-written");
  told.textContent = say("{n} of {all} texts with Markdown or formulas are shown as they were written: laying out those before took the work that one page is given", { n, all });
  told.hidden = !n;
};

// How many texts of a page are not whole, and where they are: in a `file`, or its link.
const tellShortened = (n, file) => {
  if (!n) return;
  const told = document.getElementById("shortened");
  const [before, after] = say("the middle of {n} of the long texts is left out, so that this page stays small; {file} has all of them", { n }).split("{file}");
  told.append(before, file, after);
  told.hidden = false;
};
