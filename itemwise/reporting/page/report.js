(() => {
  const { texts, asWritten, shortened, pictures, changes } = JSON.parse(document.getElementById("data").textContent);
  const lines = document.getElementById("case-lines").textContent.split("\n"); // of each case two, the second read when it is shown
  const cases = lines.slice(0, -1).filter((line, place) => place % 2 === 0).map(line => JSON.parse(line));
  const list = document.getElementById("list"), detail = document.getElementById("detail");
  const filters = document.getElementById("filters"), count = document.getElementById("count");
  const CHOICES = ["verdict", "cause", "benchmark", "model", "strategy", "prompt_name"];
  const ADDRESS = 2000; // the longest id that goes into the address
  let shown = [], addressTimer = 0, chosen = null;

  // What stands in a turn too is the place of that turn.
  const inTurn = (item, text) => typeof text === "number" ? item.turns[text].content : text;
  cases.forEach((item, place) => Object.assign(item, { place, text: inTurn(item, item.text), prompt: inTurn(item, item.prompt) }));
  const treesOf = item => item.trees ??= JSON.parse(lines[2 * item.place + 1] || "[]");

  const byId = new Map(cases.map(item => [item.id, item]));
  const byCase = new Map();
  for (const item of cases) {
    if (!byCase.has(item.case)) byCase.set(item.case, []);
    byCase.get(item.case).push(item);
  }
  const pictureOf = item => pictureIn(pictures, item);

  // Verdicts and causes are words of the page, the others names.
  const wordOf = (name, value) => name === "verdict" || name === "cause" ? say(value) : value;

  for (const name of CHOICES) {
    const values = [...new Set(cases.map(item => item[name]).filter(Boolean))];
    filters.elements[name].append(new Option(say("all"), ""), ...values.map(value => new Option(clipped(wordOf(name, value), 60), value)));
    if (values.length < 2) filters.elements[name].parentElement.hidden = true;
  }

  const row = item => make("div", { class: "row", onclick: () => choose(view.indexOf(item)) },
    pictureOf(item) ? make("img", { src: pictureOf(item), alt: "" }) : null,
    make("div", { class: "names" }, isolated(item.case),
      make("small", {}, ...[item.model, item.strategy, item.prompt_name, say(item.cause)].filter(Boolean).flatMap((name, index) => [index ? " · " : "", isolated(name, 60)]))),
    verdictChip(item.verdict));
  const view = virtualList(list, document.getElementById("spacer"), row);

  // What a search looks through, made when the first search asks for it.
  const searchText = item =>
    item.searchText ??= [item.case, item.prompt, item.text, item.answer, item.expected, ...item.causes.map(cause => cause.evidence)].join("\n").toLowerCase();

  const filter = () => {
    const wanted = CHOICES.map(name => [name, filters.elements[name].value]).filter(([, value]) => value);
    const search = filters.elements.text.value.trim().toLowerCase(), sort = filters.elements.sort.value;
    shown = cases.filter(item => wanted.every(([name, value]) => item[name] === value) && (!search || searchText(item).includes(search)));
    if (sort) shown.sort((left, right) => right[sort] - left[sort]);
    count.textContent = say("{n} of {all}", { n: shown.length, all: cases.length });
    view.fill(shown);
  };

  // The address names the case; not at every step of a held key, which browsers refuse after some hundred.
  const setAddress = item => {
    clearTimeout(addressTimer);
    const id = encodeURIComponent(item.id);
    addressTimer = setTimeout(() => history.replaceState(null, "", id.length > ADDRESS ? "#" : `#${id}`), 150);
  };

  const choose = (index, keepAddress) => {
    const item = view.select(index);
    if (!item) return;
    showDetail(item);
    if (!keepAddress) setAddress(item);
  };

  const isReply = (item, turn) => turn.role === "assistant" && turn.content === item.text;

  // The reply as it is read: it is the last of the turns that says it.
  const replyBlock = item => readableBlock(item.text || item.message, (treesOf(item)[item.turns.findLastIndex(turn => isReply(item, turn))] || [])[0], item.span, raw.isRaw());

  const callBlock = (call, fault) => make("div", { class: "call" }, make("p", {}, make("strong", {}, clipped(call.name)), make("span", { class: "quiet" }, ` ${say("called")}`)),
    make("dl", {}, ...Object.entries(call.arguments).flatMap(([name, value]) => fact(name, typeof value === "string" ? value : JSON.stringify(value)))),
    fault ? make("p", { class: "wrong" }, clipped(fault, 400)) : null);

  const turnBlock = (item, turn, place) => {
    const cost = turn.completion_tokens === undefined ? "" : ` · ${turn.native_finish_reason || turn.finish_reason}${turn.completion_tokens ? say(" after {n} tokens", { n: turn.completion_tokens }) : ""}`
      + (turn.thinking_tokens ? say(turn.thinking_cut ? ", {n} of thought, closed by the budget" : ", {n} of thought", { n: turn.thinking_tokens }) : "")
      + (turn.temperature ? ` · ${say("temperature {temperature}, seed {seed}", turn)}` : "")
      + ["top_p", "max_new_tokens", "stop"].filter(name => turn[name]).map(name => ` · ${name} ${JSON.stringify(turn[name])}`).join("");
    const [tree, thought] = treesOf(item)[place] || [];
    return make("section", { class: `turn ${turn.role}` }, make("h4", {}, `${say(turn.role)}${cost}`),
      ...reasoningAndRefusal(turn, content => readableBlock(content, thought, null, raw.isRaw())),
      readableBlock(turn.content, tree, isReply(item, turn) ? item.span : null, raw.isRaw()),
      ...(turn.calls || []).map((call, index) => callBlock(call, turn.faults && turn.faults[index])));
  };

  // A bar for each option that was scored, as long as its probability among them.
  const optionBars = item => !item.options.length ? [] : [make("h4", {}, say("how likely each option is")), make("ul", { class: "options" }, ...item.options.map(option =>
    make("li", { class: option.letter === item.expected ? "expected" : "" }, make("span", {}, isolated(`${option.letter} ${option.text}`, 80),
      option.letter === item.expected ? make("small", { class: "quiet" }, ` ${say("expected")}`) : null),
      make("span", { class: "figure" }, `${(100 * option.probability).toFixed(1)}%`, make("small", { class: "quiet" }, ` ${option.score.toFixed(3)}`)),
      make("meter", { min: "0", max: "1", value: String(option.probability), "aria-label": say("probability of {letter}", option) }))))];

  const sameCase = item => {
    const others = byCase.get(item.case).filter(other => other !== item);
    if (!others.length) return [];
    return [make("h4", {}, say("the same case asked otherwise")), make("div", { class: "beside" }, ...others.map(other => make("div", {},
      make("p", {}, make("a", { href: `#${encodeURIComponent(other.id)}` }, ...[other.model, other.strategy, other.prompt_name].filter(Boolean).flatMap((name, index) => [index ? ", " : "", isolated(name)])), " ", verdictChip(other.verdict)),
      replyBlock(other))))];
  };

  // Pages from a file may have no clipboard: then the command is selected, and what is left to do is shown.
  const copy = async (command, block, status) => {
    try {
      await navigator.clipboard.writeText(command);
      status.textContent = say("copied");
    } catch {
      getSelection().selectAllChildren(block);
      status.textContent = document.execCommand("copy") ? say("copied") : say("this page may not copy: the command is selected, press Ctrl+C");
    }
  };

  const raw = rawSwitch(detail, () => chosen && showDetail(chosen));

  const showDetail = item => {
    chosen = item;
    const command = make("p", { class: "text" }, item.rerun), status = make("output", { class: "quiet" });
    detail.replaceChildren(
      make("h3", {}, isolated(item.case), " ", verdictChip(item.verdict)),
      raw.button(),
      pictureOf(item) ? zoomable(pictureOf(item), item.case) : "",
      make("dl", {}, ...fact(say("expected"), item.expected), ...fact(say("answer"), item.answer === null ? say("nothing read") : item.answer), ...fact(say("read by"), item.rule),
        ...item.causes.flatMap(cause => fact(say(cause.kind), cause.evidence)), ...fact(say("model"), item.model), ...fact(say("strategy"), item.strategy), ...fact(say("prompt"), item.prompt_name),
        ...fact(say("notes"), item.notes), ...fact(say("tokens"), item.tokens), ...fact(say("of thought"), item.thinking || ""), ...fact(say("seconds"), item.seconds ? item.seconds.toFixed(3) : item.tokens && item.seconds !== null ? say("none, from the store") : ""),
        ...Object.entries(item.tags).flatMap(([name, value]) => fact(name, value))),
      ...optionBars(item),
      ...(item.turns.length ? item.turns.map((turn, place) => turnBlock(item, turn, place))
        : [make("h4", {}, say("prompt")), readableBlock(item.prompt, (treesOf(item)[0] || [])[0], null, raw.isRaw()), make("h4", {}, say("error")), textBlock(item.message)]),
      ...sameCase(item),
      make("h4", {}, say("run just this case again")), command,
      make("button", { type: "button", onclick: () => copy(item.rerun, command, status) }, say("copy")), " ", status);
    detail.scrollTop = 0;
  };

  const decoded = hash => {
    try { return decodeURIComponent(hash); } catch { return hash; } // a lone % is no escape
  };

  const followHash = () => {
    const id = decoded(location.hash.slice(1));
    const matching = byId.has(id) ? [byId.get(id)] : byCase.get(id) || [];
    if (!matching.length) return;
    clearTimeout(addressTimer);
    if (!matching.some(item => shown.includes(item))) { filters.reset(); filter(); }
    choose(view.indexOf(matching.find(item => shown.includes(item))), true);
    document.getElementById("cases").scrollIntoView();
  };

  const move = index => {
    choose(index);
    list.scrollIntoView({ block: "nearest" });
  };

  const showOnly = wanted => {
    filters.reset();
    for (const [name, value] of Object.entries(wanted)) filters.elements[name].value = value;
    list.scrollTop = 0;
    filter();
    document.getElementById("cases").scrollIntoView();
    list.focus({ preventScroll: true });
  };

  for (const bar of document.querySelectorAll("button[data-cause]")) bar.addEventListener("click", () => showOnly(bar.dataset));

  filters.addEventListener("input", filter);
  filters.addEventListener("submit", event => { event.preventDefault(); list.focus(); });
  addEventListener("hashchange", followHash);
  addListKeys(list, filters.elements.text, view.selectedIndex, move, { r: raw.turn });
  tellAsWritten(asWritten, texts);
  tellShortened(shortened, make("a", { href: "results.jsonl" }, "results.jsonl"));
  filter();
  followHash();

  // How replies changed since they were kept: so many at a time, since there may be thousands.
  const PORTION = 20;
  const SIGNS = { "-": "del", "+": "ins" };

  const judged = side => side === null ? [say("no snapshot")] : [verdictChip(side.verdict), side.answer === null ? say(", nothing read") : say(", read {answer}", side)];

  const askedOf = new Map(changes.length ? cases.map(item => [item.id, [item.model, item.strategy, item.prompt_name].filter(Boolean).join(", ")]) : []);

  const changeBlock = change => make("article", { role: "listitem", class: "change" },
    make("h3", {}, make("a", { href: `#${encodeURIComponent(change.id)}` }, change.name), " ", make("small", {}, say(change.kind)),
      make("small", { class: "quiet" }, ` \u00b7 ${askedOf.get(change.id) || ""}`)),
    make("p", {}, ...judged(change.before), " \u2192 ", ...judged(change.now)),
    change.words.length ? make("p", { class: "text", dir: "auto" }, ...change.words.map(([sign, words]) => SIGNS[sign] ? make(SIGNS[sign], {}, words) : words)) : null,
    change.reasons.length ? make("p", { class: "quiet" }, say("may be due to: {reasons}", { reasons: change.reasons.join("; ") })) : null);

  const showChanges = () => {
    const kind = document.getElementById("kind"), changed = document.getElementById("changed"), more = document.getElementById("more");
    const counts = new Map();
    for (const change of changes) counts.set(change.kind, (counts.get(change.kind) || 0) + 1);
    kind.append(new Option(`${say("all")} (${changes.length})`, ""), ...[...counts].map(([name, count]) => new Option(`${say(name)} (${count})`, name)));
    let wanted = [];
    const add = () => {
      const from = changed.childElementCount;
      changed.append(...wanted.slice(from, from + PORTION).map(changeBlock));
      const left = wanted.length - changed.childElementCount;
      more.hidden = left === 0;
      more.textContent = say("show {n} more of {all}", { n: Math.min(left, PORTION), all: left });
    };
    const chooseKind = () => {
      wanted = changes.filter(change => !kind.value || change.kind === kind.value);
      changed.replaceChildren();
      add();
    };
    kind.addEventListener("input", chooseKind);
    more.addEventListener("click", add);
    document.getElementById("changes").hidden = false;
    chooseKind();
  };

  if (changes.length) showChanges();
})();
