(() => {
  const { series, pairs, changes, cases, pictures, texts, asWritten, shortened } = JSON.parse(document.getElementById("data").textContent);
  const list = document.getElementById("list"), detail = document.getElementById("detail"), browser = document.getElementById("browser");
  const filters = document.getElementById("filters"), count = document.getElementById("count");
  const lines = document.getElementById("trees").textContent.split("\n"); // of each case, read when it is shown
  const KINDS = ["same", "gone", "come"];
  let chosen = null;

  cases.forEach((item, place) => { item.place = place; });
  const treesOf = item => item.trees ??= JSON.parse(lines[item.place] || "[[], []]");

  // A case's replies are those of its benchmark's series, its changes and diffs those of its benchmark's pairs.
  const indicesWhere = (items, test) => items.map((item, index) => index).filter(index => test(items[index]));
  const seriesOf = benchmark => indicesWhere(series, side => side.benchmark === benchmark);
  const pairsOf = benchmark => indicesWhere(pairs, pair => series[pair.first].benchmark === benchmark);
  const pictureOf = item => pictureIn(pictures, item);
  const nameOf = pair => say("{first} to {second}", { first: series[pair.first].label, second: series[pair.second].label });
  const labelOf = change => change.flip ? `${say(change.flip)}: ${say(change.words)}` : say(change.words);
  let pair, kindOf, sidesOf, diffOf, casesOfPair = [];

  const choosePair = index => {
    pair = pairs[index];
    const benchmark = series[pair.first].benchmark, ofBenchmark = seriesOf(benchmark), pairIndex = pairsOf(benchmark).indexOf(index);
    kindOf = item => item.changes[pairIndex];
    // The sides to be shown: each series with the index of its reply in a case's replies.
    sidesOf = all => {
      const two = [pair.first, pair.second];
      return (all ? [...two, ...ofBenchmark.filter(other => !two.includes(other))] : two).map(side => [series[side], ofBenchmark.indexOf(side)]);
    };
    // The diff between the replies at two indices: one of `diffs`, which holds that of every pair.
    diffOf = (diffs, left, right) => {
      const index = pairsOf(benchmark).findIndex(one => pairs[one].first === ofBenchmark[Math.min(left, right)] && pairs[one].second === ofBenchmark[Math.max(left, right)]);
      return left < right ? diffs[index] : reversed(diffs[index]);
    };
    filters.elements.all.parentElement.hidden = ofBenchmark.length < 3;
    casesOfPair = cases.filter(item => item.benchmark === benchmark).map((item, index) => [item, index])
      .sort(([left, first], [right, second]) => kindOf(left) - kindOf(right) || first - second).map(([item]) => item);
    const counts = changes.map((change, index) => casesOfPair.filter(item => kindOf(item) === index).length);
    setOptions("change", changes.map((change, index) => [index, `${labelOf(change)} (${counts[index]})`]).filter(([index]) => counts[index]));
    setOptions("verdict", [...new Set(casesOfPair.flatMap(item => repliesOf(item).map(reply => reply.verdict)))].map(verdict => [verdict, say(verdict)]));
  };

  const setOptions = (select, values) => {
    const before = filters.elements[select].value;
    filters.elements[select].replaceChildren(new Option(say("all"), ""), ...values.map(([value, label]) => new Option(label, value)));
    if (values.some(([value]) => String(value) === before)) filters.elements[select].value = before;
  };

  const repliesOf = item => sidesOf(false).map(([, index]) => item.replies[index]);

  const searchText = item =>
    item.searchText ??= [item.id, item.expected, ...item.prompts, ...item.replies.flatMap(reply => [reply.answer, reply.text,
      ...(reply.causes || []).flatMap(cause => [cause.kind, cause.evidence])])].join("\n").toLowerCase();

  const changeChip = (item, label) => make("span", { class: `verdict kind-${changes[kindOf(item)].name}` }, label(changes[kindOf(item)]));

  const row = item => {
    const answers = repliesOf(item).map(reply => reply.answer === undefined ? say(reply.verdict) : reply.answer);
    const answer = answers[0] === answers[1] ? answers[0] : answers.join(" → ");
    return make("div", { class: "row", onclick: () => { chooseItem(item); if (matchMedia("(max-width: 52rem)").matches) detail.scrollIntoView(); } },
      pictureOf(item) ? make("img", { src: pictureOf(item), alt: "" }) : null,
      make("div", { class: "names" }, item.id, make("small", { dir: "auto" }, `${say("expected {answer}", { answer: item.expected })} · ${answer}`)),
      changeChip(item, change => say(change.words)));
  };
  const view = virtualList(list, document.getElementById("spacer"), row);

  const filter = () => {
    const { change, verdict, text } = Object.fromEntries(new FormData(filters));
    const search = text.trim().toLowerCase();
    const shown = casesOfPair.filter(item => (!change || kindOf(item) === Number(change))
      && (!verdict || repliesOf(item).some(reply => reply.verdict === verdict)) && (!search || searchText(item).includes(search)));
    count.textContent = say("{n} of {all}", { n: shown.length, all: casesOfPair.length });
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
      target.append(...[text.slice(0, from), from < to ? make("mark", { title: say("what was read") }, text.slice(from, to)) : "", text.slice(Math.max(from, to))].filter(Boolean));
      if (target !== block) block.append(target);
      if (kind !== other) offset += text.length;
    }
    return block;
  };

  // A diff is the lengths of pieces, three by three: what is in both texts, what is gone from the left one, what is new in the right one.
  const reversed = diff => Array.isArray(diff) ? diff.map((length, index) => diff[[index, index + 1, index - 1][index % 3]]) : diff;

  const piecesOf = (left, right, lengths) => {
    let leftOffset = 0, rightOffset = 0;
    return lengths.map((length, index) => {
      const kind = KINDS[index % 3], text = kind === "come" ? right.slice(rightOffset, rightOffset + length) : left.slice(leftOffset, leftOffset + length);
      if (kind !== "come") leftOffset += length;
      if (kind !== "gone") rightOffset += length;
      return { kind, text };
    }).filter(piece => piece.text);
  };

  // The pieces to mark of two texts, or why nothing is marked.
  const markedPieces = ({ text: left = "" }, { text: right = "" }, diff) => {
    if (diff === null) return { pieces: [{ kind: "same", text: left }], note: say("the same to the character") };
    return Array.isArray(diff) ? { pieces: piecesOf(left, right, diff), note: "" } : { note: say(diff) };
  };

  // A block and a note for each text: the first, then every other with its words beside the first's by its diff.
  const diffBlocks = (texts, otherDiffs) => {
    const [first, ...others] = texts, diffs = others.map((other, index) => markedPieces(first, other, otherDiffs[index]));
    const whole = ({ text = "", span }) => text.length > LONG ? textBlock(text) : markedBlock([{ kind: "same", text }], "", span);
    const only = diffs.length === 1 && diffs[0].pieces;
    return [
      [only ? markedBlock(only.filter(piece => piece.kind !== "come"), "", first.span) : whole(first), ""],
      ...diffs.map(({ pieces, note }, index) => [
        pieces ? markedBlock(only ? pieces.filter(piece => piece.kind !== "gone") : pieces, "gone", others[index].span) : whole(others[index]), note]),
    ];
  };

  // A text as it reads, where it has a tree; else, and as raw text, `block`, in which words are marked.
  const shownBlock = (block, content, tree, span) => tree ? readableBlock(content, tree, span, raw.isRaw(), () => block) : block;

  // A reply, and whether the words that differ are marked in its raw text alone.
  const replyBlock = (block, reply, tree) => {
    if (reply.message) return [textBlock(reply.message), ""];
    const shown = shownBlock(block, reply.text, tree, reply.span);
    return [shown, !shown.contains(block) && block.querySelector("del, ins") ? say("raw text (key r) marks the words that differ") : ""];
  };

  const sideBlock = ([side, index], item, [marked, note]) => {
    const reply = item.replies[index], [tree, thought] = treesOf(item)[1][index] || [];
    const [block, elsewhere] = replyBlock(marked, reply, tree);
    const cost = [reply.tokens ? say("{n} tokens", { n: reply.tokens }) : "", reply.turns > 1 ? say("the last of {n} replies", { n: reply.turns }) : "", note, elsewhere].filter(Boolean).join(" · ");
    return make("div", {},
      make("h4", {}, make("span", { class: "label" }, side.label), ` ${[side.model, side.strategy, side.prompt].filter(Boolean).join(", ")} `, make("small", {}, side.run)),
      make("dl", {}, make("dt", {}, say("verdict")), make("dd", {}, verdictChip(reply.verdict)),
        ...fact(say("answer"), reply.answer === undefined ? say("nothing read") : reply.answer), ...fact(say("read by"), reply.rule),
        ...(reply.causes || []).flatMap(cause => fact(say(cause.kind), cause.evidence))),
      ...reasoningAndRefusal(reply, content => shownBlock(textBlock(content), content, thought)), block, make("p", { class: "quiet" }, cost));
  };

  const diffsOf = (diffs, [[, first], ...others]) => others.map(([, index]) => diffOf(diffs, first, index));

  const promptBlocks = (item, sides) => {
    const [trees] = treesOf(item);
    if (item.prompts.length === 1) return [make("h4", {}, say("prompt")), make("div", { class: "asked" }, shownBlock(textBlock(item.prompts[0]), item.prompts[0], trees[0]))];
    const prompts = sides.map(([, index]) => ({ text: item.prompts[index] }));
    return [make("h4", {}, say("prompts")), make("div", { class: "sides asked" }, ...diffBlocks(prompts, diffsOf(item.prompt_diffs, sides)).map(([block, note], index) => make("div", { class: "brief" },
      make("h4", {}, make("span", { class: "label" }, sides[index][0].label)), shownBlock(block, prompts[index].text, trees[sides[index][1]]), make("p", { class: "quiet" }, note))))];
  };

  const pictureBlock = item => {
    if (!item.picture) return "";
    if (!pictureOf(item)) return make("p", { class: "quiet" }, say("The picture is not in the runs' folders: sha256 {hash}", { hash: item.picture }));
    return zoomable(pictureOf(item), item.id);
  };

  const raw = rawSwitch(detail, () => chosen && showDetail(chosen));

  const showDetail = item => {
    chosen = item;
    const sides = sidesOf(filters.elements.all.checked);
    const blocks = diffBlocks(sides.map(([, index]) => item.replies[index]), diffsOf(item.diffs, sides));
    detail.replaceChildren(
      make("h3", {}, item.id, " ", changeChip(item, labelOf)), raw.button(),
      pictureBlock(item),
      make("dl", {}, ...fact(say("expected"), item.expected), ...Object.entries(item.tags).flatMap(([tag, value]) => fact(tag, value))),
      ...promptBlocks(item, sides),
      make("h4", {}, say("replies")), make("div", { class: "sides" }, ...sides.map((side, index) => sideBlock(side, item, blocks[index]))));
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
  addListKeys(list, filters.elements.text, view.selectedIndex, choose, { r: raw.turn });
  tellAsWritten(asWritten, texts);
  tellShortened(shortened, "results.jsonl");
  choosePair(0);
  filter();
  if (!followHash()) choose(0, true);
})();
