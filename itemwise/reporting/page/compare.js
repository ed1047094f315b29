(() => {
  const { series, pairs, changes, cases, pictures } = JSON.parse(document.getElementById("data").textContent);
  const list = document.getElementById("list"), detail = document.getElementById("detail"), browser = document.getElementById("browser");
  const filters = document.getElementById("filters"), count = document.getElementById("count");
  const LIKE = 0.25;  // of the shorter reply's letters: with fewer in common two replies are not one in other words
  const NAMES = { "other answer": "not right, another answer", "other words": "the same verdict, other words", "left out": "left out, an error of ours" };

  // A case's replies are those of its benchmark's series, its changes those of its benchmark's pairs.
  const within = (all, benchmark, benchmarkOf) => all.map((each, place) => place).filter(place => benchmarkOf(all[place]) === benchmark);
  const seriesOf = benchmark => within(series, benchmark, each => each.benchmark);
  const pairsOf = benchmark => within(pairs, benchmark, each => series[each.first].benchmark);
  const shownIn = each => pictureIn(pictures, each);
  const name = pair => `${series[pair.first].label} to ${series[pair.second].label}`;
  let pair, kindOf, sidesOf, ofPair = [];

  const choosePair = place => {
    pair = pairs[place];
    const benchmark = series[pair.first].benchmark, held = seriesOf(benchmark), own = pairsOf(benchmark).indexOf(place);
    kindOf = each => each.changes[own];
    sidesOf = all => {
      const two = [pair.first, pair.second];
      return (all ? [...two, ...held.filter(other => !two.includes(other))] : two).map(side => [series[side], held.indexOf(side)]);
    };
    filters.elements.all.parentElement.hidden = held.length < 3;
    ofPair = cases.filter(each => each.benchmark === benchmark).map((each, order) => [each, order])
      .sort(([one, first], [other, second]) => kindOf(one) - kindOf(other) || first - second).map(([each]) => each);
    const counted = changes.map((kind, which) => ofPair.filter(each => kindOf(each) === which).length);
    options("change", changes.map((kind, which) => [which, `${NAMES[kind] || kind} (${counted[which]})`]).filter(([which]) => counted[which]));
    options("verdict", [...new Set(ofPair.flatMap(each => two(each).map(reply => reply.verdict)))].map(verdict => [verdict, verdict]));
  };

  const options = (select, values) => {
    const was = filters.elements[select].value;
    filters.elements[select].replaceChildren(new Option("all", ""), ...values.map(([value, label]) => new Option(label, value)));
    if (values.some(([value]) => String(value) === was)) filters.elements[select].value = was;
  };

  const two = each => sidesOf(false).map(([, place]) => each.replies[place]);

  const matches = (each, text) => {
    each.search = each.search || [each.id, each.expected, ...each.prompts, ...each.replies.flatMap(reply => [reply.answer, reply.text,
      ...(reply.causes || []).flatMap(cause => [cause.kind, cause.evidence])])].join("\n").toLowerCase();
    return each.search.includes(text);
  };

  const row = each => {
    const kind = changes[kindOf(each)];
    const answers = two(each).map(reply => reply.answer === undefined ? reply.verdict : reply.answer);
    const told = answers[0] === answers[1] ? answers[0] : answers.join(" → ");
    return make("div", { class: "row", onclick: () => { chosen(each); if (matchMedia("(max-width: 52rem)").matches) detail.scrollIntoView(); } },
      shownIn(each) ? make("img", { src: shownIn(each), alt: "" }) : null,
      make("div", { class: "names" }, each.id, make("small", { dir: "auto" }, `expected ${each.expected} · ${told}`)),
      make("span", { class: `verdict kind-${kind.replace(" ", "-")}` }, kind));
  };
  const view = longList(list, document.getElementById("spacer"), row);

  const filter = () => {
    const { change, verdict, text } = Object.fromEntries(new FormData(filters));
    const wanted = text.trim().toLowerCase();
    const shown = ofPair.filter(each => (!change || kindOf(each) === Number(change))
      && (!verdict || two(each).some(reply => reply.verdict === verdict)) && (!wanted || matches(each, wanted)));
    count.textContent = `${shown.length} of ${ofPair.length}`;
    view.fill(shown);
  };

  const chosen = (each, keepHash) => show(view.find(other => other === each), keepHash);
  const show = (place, keepHash) => {
    const each = view.select(place);
    if (!each) return;
    tell(each);
    if (!keepHash) history.replaceState(null, "", `#${pair === pairs[pairsOf(each.benchmark)[0]] ? "" : `${pairs.indexOf(pair) + 1}/`}${encodeURIComponent(each.id)}`);
  };

  // Pieces of one text, some of them `kind` "gone" or "come", with its span marked; a piece of another text has no place in the span.
  const marked = (pieces, foreign, span) => {
    const block = make("p", { class: "text", dir: "auto" });
    let at = 0;
    for (const { kind, text: said } of pieces) {
      const into = kind === "gone" ? make("del") : kind === "come" ? make("ins") : block;
      const [from, to] = span && kind !== foreign ? span.map(place => Math.min(Math.max(place - at, 0), said.length)) : [0, 0];
      into.append(...[said.slice(0, from), from < to ? make("mark", { title: "what was read" }, said.slice(from, to)) : "", said.slice(Math.max(from, to))].filter(Boolean));
      if (into !== block) block.append(into);
      if (kind !== foreign) at += said.length;
    }
    return block;
  };

  const letters = pieces => pieces.reduce((sum, piece) => sum + piece.text.replace(/[^\p{L}\p{N}]/gu, "").length, 0);

  // The two texts with what is only in one of them marked, and why nothing is marked where nothing is.
  const beside = (first, second) => {
    const pieces = wordDiff(first.text || "", second.text || "");
    if (!pieces) return { note: "too long to be compared word by word" };
    const same = letters(pieces.filter(piece => piece.kind === "same"));
    const least = Math.min(...["gone", "come"].map(kind => same + letters(pieces.filter(piece => piece.kind === kind))));
    if (same < LIKE * least || (!same && pieces.length > 1)) return { note: "too few words in common to mark the others" };
    return { pieces, note: pieces.every(piece => piece.kind === "same") ? "the same to the character" : "" };
  };

  const texts = (replies, plain) => {
    const [first, ...others] = replies, found = others.map(other => beside(first, other));
    const whole = ({ text: said = "", span }) => said.length > LONG ? text(said) : marked([{ kind: "same", text: said }], "", span);
    const only = found.length === 1 && found[0].pieces;
    return [
      [only ? marked(only.filter(piece => piece.kind !== "come"), "", first.span) : whole(first), ""],
      ...found.map(({ pieces, note }, place) => [
        pieces ? marked(only ? pieces.filter(piece => piece.kind !== "gone") : pieces, "gone", others[place].span) : whole(others[place]), note]),
    ];
  };

  const side = ([told, place], each, [block, note]) => {
    const reply = each.replies[place];
    const cost = [reply.tokens ? `${reply.tokens} tokens` : "", reply.turns > 1 ? `the last of ${reply.turns} replies` : "", note].filter(Boolean).join(" · ");
    return make("div", {},
      make("h4", {}, make("span", { class: "label" }, told.label), ` ${told.model}, ${told.strategy} `, make("small", {}, told.run)),
      make("dl", {}, make("dt", {}, "verdict"), make("dd", {}, make("span", { class: `verdict ${reply.verdict.replace(" ", "-")}` }, reply.verdict)),
        ...fact("answer", reply.answer === undefined ? "nothing read" : reply.answer), ...fact("read by", reply.rule),
        ...(reply.causes || []).flatMap(cause => fact(cause.kind, cause.evidence))),
      ...apart(reply), reply.message ? text(reply.message) : block, make("p", { class: "quiet" }, cost));
  };

  const asked = (each, sides) => {
    if (each.prompts.length === 1) return [make("h4", {}, "prompt"), make("div", { class: "asked" }, text(each.prompts[0]))];
    const prompts = sides.map(([, place]) => ({ text: each.prompts[place] }));
    return [make("h4", {}, "prompts"), make("div", { class: "sides asked" }, ...texts(prompts).map(([block, note], place) => make("div", { class: "brief" },
      make("h4", {}, make("span", { class: "label" }, sides[place][0].label)), block, make("p", { class: "quiet" }, note))))];
  };

  const picture = each => {
    if (!each.picture) return null;
    if (!shownIn(each)) return make("p", { class: "quiet" }, `The picture is not in the runs' folders: sha256 ${each.picture}`);
    return zoomable(shownIn(each), each.id);
  };

  const tell = each => {
    const sides = sidesOf(filters.elements.all.checked), kind = changes[kindOf(each)];
    const blocks = texts(sides.map(([, place]) => each.replies[place]));
    detail.replaceChildren(
      make("h3", {}, each.id, " ", make("span", { class: `verdict kind-${kind.replace(" ", "-")}` }, NAMES[kind] || kind)),
      picture(each) || "",
      make("dl", {}, ...fact("expected", each.expected), ...Object.entries(each.tags).flatMap(([tag, value]) => fact(tag, value))),
      ...asked(each, sides),
      make("h4", {}, "replies"), make("div", { class: "sides" }, ...sides.map((told, place) => side(told, each, blocks[place]))));
    detail.scrollTop = 0;
  };

  // Goes to the case that the address names; false where it names none.
  const follow = () => {
    const [, place, hash] = /^(?:([0-9]+)\/)?(.*)$/s.exec(location.hash.slice(1));
    let id;
    try { id = decodeURIComponent(hash); } catch { return false; }
    const each = cases.find(other => other.id === id && (!place || (pairs[place - 1] && series[pairs[place - 1].first].benchmark === other.benchmark)));
    if (!id || !each) return false;
    filters.elements.pair.value = place ? Number(place) - 1 : pairsOf(each.benchmark)[0];
    choosePair(Number(filters.elements.pair.value));
    filter();
    if (view.find(other => other === each) < 0) { for (const one of ["change", "verdict", "text"]) filters.elements[one].value = ""; filter(); }
    chosen(each, true);
    browser.scrollIntoView();
    return true;
  };

  filters.elements.pair.append(...pairs.map((each, place) => new Option(`${name(each)}${new Set(series.map(one => one.benchmark)).size > 1 ? `, ${series[each.first].benchmark}` : ""}`, place)));
  filters.elements.pair.parentElement.hidden = pairs.length < 2;
  filters.addEventListener("input", event => {
    if (event.target.name === "pair") choosePair(Number(event.target.value));
    filter();
    if (event.target.name !== "text") show(Math.max(0, view.place()));  // not while typing
  });
  filters.addEventListener("submit", event => event.preventDefault());
  addEventListener("hashchange", follow);
  steered(list, filters.elements.text, view.place, show);
  choosePair(0);
  filter();
  if (!follow()) show(0, true);
})();
