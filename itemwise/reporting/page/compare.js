(() => {
  const { series, pairs, changes, cases, pictures } = JSON.parse(document.getElementById("data").textContent);
  const list = document.getElementById("list"), detail = document.getElementById("detail"), browser = document.getElementById("browser");
  const filters = document.getElementById("filters"), count = document.getElementById("count");
  const LIKE = 0.25;  // of the shorter reply's letters: with fewer in common two replies are not one in other words
  const NAMES = { "other answer": "not right, another answer", "other words": "the same verdict, other words", "left out": "left out, an error of ours" };

  // A case's replies are those of its benchmark's series, its changes those of its benchmark's pairs.
  const indicesWhere = (items, test) => items.map((item, index) => index).filter(index => test(items[index]));
  const seriesOf = benchmark => indicesWhere(series, side => side.benchmark === benchmark);
  const pairsOf = benchmark => indicesWhere(pairs, pair => series[pair.first].benchmark === benchmark);
  const pictureOf = item => pictureIn(pictures, item);
  const nameOf = pair => `${series[pair.first].label} to ${series[pair.second].label}`;
  let pair, kindOf, sidesOf, casesOfPair = [];

  const choosePair = index => {
    pair = pairs[index];
    const benchmark = series[pair.first].benchmark, ofBenchmark = seriesOf(benchmark), pairIndex = pairsOf(benchmark).indexOf(index);
    kindOf = item => item.changes[pairIndex];
    // The sides to be shown: each series with the index of its reply in a case's replies.
    sidesOf = all => {
      const two = [pair.first, pair.second];
      return (all ? [...two, ...ofBenchmark.filter(other => !two.includes(other))] : two).map(side => [series[side], ofBenchmark.indexOf(side)]);
    };
    filters.elements.all.parentElement.hidden = ofBenchmark.length < 3;
    casesOfPair = cases.filter(item => item.benchmark === benchmark).map((item, index) => [item, index])
      .sort(([left, first], [right, second]) => kindOf(left) - kindOf(right) || first - second).map(([item]) => item);
    const counts = changes.map((kind, index) => casesOfPair.filter(item => kindOf(item) === index).length);
    setOptions("change", changes.map((kind, index) => [index, `${NAMES[kind] || kind} (${counts[index]})`]).filter(([index]) => counts[index]));
    setOptions("verdict", [...new Set(casesOfPair.flatMap(item => repliesOf(item).map(reply => reply.verdict)))].map(verdict => [verdict, verdict]));
  };

  const setOptions = (select, values) => {
    const before = filters.elements[select].value;
    filters.elements[select].replaceChildren(new Option("all", ""), ...values.map(([value, label]) => new Option(label, value)));
    if (values.some(([value]) => String(value) === before)) filters.elements[select].value = before;
  };

  const repliesOf = item => sidesOf(false).map(([, index]) => item.replies[index]);

  const searchText = item =>
    item.searchText ??= [item.id, item.expected, ...item.prompts, ...item.replies.flatMap(reply => [reply.answer, reply.text,
      ...(reply.causes || []).flatMap(cause => [cause.kind, cause.evidence])])].join("\n").toLowerCase();

  const kindChip = (kind, label) => make("span", { class: `verdict kind-${kind.replace(" ", "-")}` }, label);

  const row = item => {
    const kind = changes[kindOf(item)];
    const answers = repliesOf(item).map(reply => reply.answer === undefined ? reply.verdict : reply.answer);
    const answer = answers[0] === answers[1] ? answers[0] : answers.join(" → ");
    return make("div", { class: "row", onclick: () => { chooseItem(item); if (matchMedia("(max-width: 52rem)").matches) detail.scrollIntoView(); } },
      pictureOf(item) ? make("img", { src: pictureOf(item), alt: "" }) : null,
      make("div", { class: "names" }, item.id, make("small", { dir: "auto" }, `expected ${item.expected} · ${answer}`)),
      kindChip(kind, kind));
  };
  const view = virtualList(list, document.getElementById("spacer"), row);

  const filter = () => {
    const { change, verdict, text } = Object.fromEntries(new FormData(filters));
    const search = text.trim().toLowerCase();
    const shown = casesOfPair.filter(item => (!change || kindOf(item) === Number(change))
      && (!verdict || repliesOf(item).some(reply => reply.verdict === verdict)) && (!search || searchText(item).includes(search)));
    count.textContent = `${shown.length} of ${casesOfPair.length}`;
    view.fill(shown);
  };

  const chooseItem = (item, keepAddress) => choose(view.indexOf(item), keepAddress);
  const choose = (index, keepAddress) => {
    const item = view.select(index);
    if (!item) return;
    showDetail(item);
    if (!keepAddress) history.replaceState(null, "", `#${pair === pairs[pairsOf(item.benchmark)[0]] ? "" : `${pairs.indexOf(pair) + 1}/`}${encodeURIComponent(item.id)}`);
  };

  // Pieces of one text, some of them `kind` "gone" or "come", with its span marked; a piece of the `other` text is not counted by the span.
  const markedBlock = (pieces, other, span) => {
    const block = make("p", { class: "text", dir: "auto" });
    let offset = 0;
    for (const { kind, text } of pieces) {
      const target = kind === "gone" ? make("del") : kind === "come" ? make("ins") : block;
      const [from, to] = span && kind !== other ? span.map(end => Math.min(Math.max(end - offset, 0), text.length)) : [0, 0];
      target.append(...[text.slice(0, from), from < to ? make("mark", { title: "what was read" }, text.slice(from, to)) : "", text.slice(Math.max(from, to))].filter(Boolean));
      if (target !== block) block.append(target);
      if (kind !== other) offset += text.length;
    }
    return block;
  };

  const letters = pieces => pieces.reduce((sum, piece) => sum + piece.text.replace(/[^\p{L}\p{N}]/gu, "").length, 0);

  // The pieces of two texts with what is only in one of them, and why nothing is marked where nothing is.
  const diffOf = (first, second) => {
    const pieces = wordDiff(first.text || "", second.text || "");
    if (!pieces) return { note: "too long to be compared word by word" };
    const same = letters(pieces.filter(piece => piece.kind === "same"));
    const least = Math.min(...["gone", "come"].map(kind => same + letters(pieces.filter(piece => piece.kind === kind))));
    if (same < LIKE * least || (!same && pieces.length > 1)) return { note: "too few words in common to mark the others" };
    return { pieces, note: pieces.every(piece => piece.kind === "same") ? "the same to the character" : "" };
  };

  // A block and a note for each reply: the first, then every other with its words beside the first's.
  const diffBlocks = replies => {
    const [first, ...others] = replies, diffs = others.map(other => diffOf(first, other));
    const whole = ({ text = "", span }) => text.length > LONG ? textBlock(text) : markedBlock([{ kind: "same", text }], "", span);
    const only = diffs.length === 1 && diffs[0].pieces;
    return [
      [only ? markedBlock(only.filter(piece => piece.kind !== "come"), "", first.span) : whole(first), ""],
      ...diffs.map(({ pieces, note }, index) => [
        pieces ? markedBlock(only ? pieces.filter(piece => piece.kind !== "gone") : pieces, "gone", others[index].span) : whole(others[index]), note]),
    ];
  };

  const sideBlock = ([side, index], item, [block, note]) => {
    const reply = item.replies[index];
    const cost = [reply.tokens ? `${reply.tokens} tokens` : "", reply.turns > 1 ? `the last of ${reply.turns} replies` : "", note].filter(Boolean).join(" · ");
    return make("div", {},
      make("h4", {}, make("span", { class: "label" }, side.label), ` ${side.model}, ${side.strategy} `, make("small", {}, side.run)),
      make("dl", {}, make("dt", {}, "verdict"), make("dd", {}, verdictChip(reply.verdict)),
        ...fact("answer", reply.answer === undefined ? "nothing read" : reply.answer), ...fact("read by", reply.rule),
        ...(reply.causes || []).flatMap(cause => fact(cause.kind, cause.evidence))),
      ...reasoningAndRefusal(reply), reply.message ? textBlock(reply.message) : block, make("p", { class: "quiet" }, cost));
  };

  const promptBlocks = (item, sides) => {
    if (item.prompts.length === 1) return [make("h4", {}, "prompt"), make("div", { class: "asked" }, textBlock(item.prompts[0]))];
    const prompts = sides.map(([, index]) => ({ text: item.prompts[index] }));
    return [make("h4", {}, "prompts"), make("div", { class: "sides asked" }, ...diffBlocks(prompts).map(([block, note], index) => make("div", { class: "brief" },
      make("h4", {}, make("span", { class: "label" }, sides[index][0].label)), block, make("p", { class: "quiet" }, note))))];
  };

  const pictureBlock = item => {
    if (!item.picture) return "";
    if (!pictureOf(item)) return make("p", { class: "quiet" }, `The picture is not in the runs' folders: sha256 ${item.picture}`);
    return zoomable(pictureOf(item), item.id);
  };

  const showDetail = item => {
    const sides = sidesOf(filters.elements.all.checked), kind = changes[kindOf(item)];
    const blocks = diffBlocks(sides.map(([, index]) => item.replies[index]));
    detail.replaceChildren(
      make("h3", {}, item.id, " ", kindChip(kind, NAMES[kind] || kind)),
      pictureBlock(item),
      make("dl", {}, ...fact("expected", item.expected), ...Object.entries(item.tags).flatMap(([tag, value]) => fact(tag, value))),
      ...promptBlocks(item, sides),
      make("h4", {}, "replies"), make("div", { class: "sides" }, ...sides.map((side, index) => sideBlock(side, item, blocks[index]))));
    detail.scrollTop = 0;
  };

  // Goes to the case that the address names; false where it names none.
  const followHash = () => {
    const [, number, hash] = /^(?:([0-9]+)\/)?(.*)$/s.exec(location.hash.slice(1));
    let id;
    try { id = decodeURIComponent(hash); } catch { return false; }
    const item = cases.find(other => other.id === id && (!number || (pairs[number - 1] && series[pairs[number - 1].first].benchmark === other.benchmark)));
    if (!id || !item) return false;
    filters.elements.pair.value = number ? Number(number) - 1 : pairsOf(item.benchmark)[0];
    choosePair(Number(filters.elements.pair.value));
    filter();
    if (view.indexOf(item) < 0) { for (const name of ["change", "verdict", "text"]) filters.elements[name].value = ""; filter(); }
    chooseItem(item, true);
    browser.scrollIntoView();
    return true;
  };

  const isOneBenchmark = new Set(series.map(side => side.benchmark)).size === 1;
  filters.elements.pair.append(...pairs.map((each, index) => new Option(nameOf(each) + (isOneBenchmark ? "" : `, ${series[each.first].benchmark}`), index)));
  filters.elements.pair.parentElement.hidden = pairs.length < 2;
  filters.addEventListener("input", event => {
    if (event.target.name === "pair") choosePair(Number(event.target.value));
    filter();
    if (event.target.name !== "text") choose(Math.max(0, view.selectedIndex()));  // not while typing
  });
  filters.addEventListener("submit", event => event.preventDefault());
  addEventListener("hashchange", followHash);
  addListKeys(list, filters.elements.text, view.selectedIndex, choose);
  choosePair(0);
  filter();
  if (!followHash()) choose(0, true);
})();
