(() => {
  const { cases, pictures, changes } = JSON.parse(document.getElementById("data").textContent);
  const list = document.getElementById("list"), spacer = document.getElementById("spacer"), detail = document.getElementById("detail");
  const filters = document.getElementById("filters"), count = document.getElementById("count");
  const HEIGHT = 44;
  const CHOICES = ["verdict", "cause", "benchmark", "model", "strategy"];
  const ADDRESS = 2000; // the longest id that goes into the address
  let shown = [], selected = -1, drawn = "", noting = 0;

  const byId = new Map(cases.map(each => [each.id, each]));
  const byCase = new Map();
  for (const each of cases) {
    if (!byCase.has(each.case)) byCase.set(each.case, []);
    byCase.get(each.case).push(each);
  }
  const shownIn = each => pictureIn(pictures, each);
  const verdict = each => make("span", { class: `verdict ${each.verdict.replace(" ", "-")}` }, each.verdict);

  for (const name of CHOICES) {
    const values = [...new Set(cases.map(each => each[name]).filter(Boolean))];
    filters.elements[name].append(new Option("all", ""), ...values.map(value => new Option(clipped(value, 60), value)));
    if (values.length < 2) filters.elements[name].parentElement.hidden = true;
  }

  // What a search looks through, made when the first search asks for it.
  const searched = each =>
    each.searched ??= [each.case, each.prompt, each.text, each.answer, each.expected, each.evidence].join("\n").toLowerCase();

  const filter = () => {
    const wanted = CHOICES.map(name => [name, filters.elements[name].value]).filter(([, value]) => value);
    const text = filters.elements.text.value.trim().toLowerCase(), sort = filters.elements.sort.value;
    const chosen = shown[selected];
    shown = cases.filter(each => wanted.every(([name, value]) => each[name] === value) && (!text || searched(each).includes(text)));
    if (sort) shown.sort((one, other) => other[sort] - one[sort]);
    selected = shown.indexOf(chosen);
    count.textContent = `${shown.length} of ${cases.length}`;
    spacer.style.height = `${shown.length * HEIGHT}px`;
    list.replaceChildren(spacer);
    list.scrollTop = Math.max(0, selected * HEIGHT - list.clientHeight / 2);
    draw(true);
  };

  // Only the rows in view are in the page, with a few to either side.
  const draw = anew => {
    const first = Math.max(0, Math.floor(list.scrollTop / HEIGHT) - 4);
    const last = Math.min(shown.length, first + Math.ceil(list.clientHeight / HEIGHT) + 8);
    if (!anew && drawn === `${first} ${last}`) return;
    drawn = `${first} ${last}`;
    list.replaceChildren(spacer, ...shown.slice(first, last).map((each, place) => row(each, first + place)));
    if (first <= selected && selected < last) list.setAttribute("aria-activedescendant", `row-${selected}`);
    else list.removeAttribute("aria-activedescendant");
  };

  const row = (each, place) => make("div",
    {
      class: "row", id: `row-${place}`, role: "option", "aria-selected": String(place === selected), "aria-posinset": place + 1,
      "aria-setsize": shown.length, style: `top:${place * HEIGHT}px`, onclick: () => choose(place),
    },
    shownIn(each) ? make("img", { src: shownIn(each), alt: "" }) : null,
    make("div", { class: "names" }, isolated(each.case),
      make("small", {}, ...[each.model, each.strategy, each.cause].filter(Boolean).flatMap((said, place) => [place ? " · " : "", isolated(said, 60)]))),
    verdict(each));

  // The address names the case; not at every step of a held key, which browsers refuse after some hundred.
  const note = each => {
    clearTimeout(noting);
    const id = encodeURIComponent(each.id);
    noting = setTimeout(() => history.replaceState(null, "", id.length > ADDRESS ? "#" : `#${id}`), 150);
  };

  const choose = (place, keepHash) => {
    if (place < 0 || place >= shown.length) return;
    selected = place;
    const top = place * HEIGHT;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + HEIGHT > list.scrollTop + list.clientHeight) list.scrollTop = top + HEIGHT - list.clientHeight;
    draw(true);
    tell(shown[place]);
    if (!keepHash) note(shown[place]);
  };

  const picture = each => shownIn(each) ? zoomable(shownIn(each), each.case) : null;

  const turn = (each, said, place) => {
    const cost = said.completion_tokens === undefined ? "" : ` · ${said.native_finish_reason || said.finish_reason} after ${said.completion_tokens} tokens`
      + (said.temperature ? ` · temperature ${said.temperature}, seed ${said.seed}` : "");
    const isReply = said.role === "assistant" && said.content === each.text;
    return [make("h4", {}, `${said.role}${cost}`), ...apart(said).filter(Boolean), text(said.content, isReply ? each.span : null)];
  };

  const others = each => {
    const same = byCase.get(each.case).filter(other => other !== each);
    if (!same.length) return [];
    return [make("h4", {}, "the same case asked otherwise"), make("div", { class: "beside" }, ...same.map(other => make("div", {},
      make("p", {}, make("a", { href: `#${encodeURIComponent(other.id)}` }, isolated(other.model), ", ", isolated(other.strategy)), " ", verdict(other)), text(other.text || other.message, other.span))))];
  };

  // Pages from a file may have no clipboard: then the command is selected, and what is left to do is said.
  const copy = async (command, block, told) => {
    try {
      await navigator.clipboard.writeText(command);
      told.textContent = "copied";
    } catch {
      getSelection().selectAllChildren(block);
      told.textContent = document.execCommand("copy") ? "copied" : "this page may not copy: the command is selected, press Ctrl+C";
    }
  };

  const tell = each => {
    const command = make("p", { class: "text" }, each.rerun), told = make("output", { class: "quiet" });
    detail.replaceChildren(
      make("h3", {}, isolated(each.case), " ", verdict(each)),
      picture(each) || "",
      make("dl", {}, ...fact("expected", each.expected), ...fact("answer", each.answer === null ? "nothing read" : each.answer), ...fact("read by", each.rule),
        ...each.causes.flatMap(cause => fact(cause.kind, cause.evidence)), ...fact("model", each.model), ...fact("strategy", each.strategy),
        ...fact("notes", each.notes), ...fact("tokens", each.tokens), ...fact("seconds", each.seconds ? each.seconds.toFixed(3) : each.tokens ? "none, from the store" : ""),
        ...Object.entries(each.tags).flatMap(([name, value]) => fact(name, value))),
      ...(each.turns.length ? each.turns.flatMap((said, place) => turn(each, said, place)) : [make("h4", {}, "prompt"), text(each.prompt), make("h4", {}, "error"), text(each.message)]),
      ...others(each),
      make("h4", {}, "run just this case again"), command,
      make("button", { type: "button", onclick: () => copy(each.rerun, command, told) }, "copy"), " ", told);
    detail.scrollTop = 0;
  };

  const decoded = hash => {
    try { return decodeURIComponent(hash); } catch { return hash; } // a lone % is no escape
  };

  const follow = () => {
    const id = decoded(location.hash.slice(1));
    const meant = byId.has(id) ? [byId.get(id)] : byCase.get(id) || [];
    if (!meant.length) return;
    clearTimeout(noting);
    if (!meant.some(each => shown.includes(each))) { filters.reset(); filter(); }
    choose(shown.indexOf(meant.find(each => shown.includes(each))), true);
    document.getElementById("cases").scrollIntoView();
  };

  const move = place => {
    choose(place);
    list.scrollIntoView({ block: "nearest" });
  };

  spacer.setAttribute("role", "presentation");

  const narrow = wanted => {
    filters.reset();
    for (const [name, value] of Object.entries(wanted)) filters.elements[name].value = value;
    list.scrollTop = 0;
    filter();
    document.getElementById("cases").scrollIntoView();
    list.focus({ preventScroll: true });
  };

  for (const bar of document.querySelectorAll("button[data-cause]")) bar.addEventListener("click", () => narrow(bar.dataset));

  filters.addEventListener("input", filter);
  filters.addEventListener("submit", event => { event.preventDefault(); list.focus(); });
  list.addEventListener("scroll", () => requestAnimationFrame(() => draw()));
  addEventListener("resize", () => draw());
  addEventListener("hashchange", follow);
  steered(list, filters.elements.text, () => selected, move);
  filter();
  follow();

  // How replies changed since they were kept: so many at a time, since there may be thousands.
  const PORTION = 20;
  const signs = { "-": "del", "+": "ins" };

  const judged = said => said === null ? ["no snapshot"] : [
    make("span", { class: `verdict ${said.verdict.replace(" ", "-")}` }, said.verdict), said.answer === null ? ", nothing read" : `, read ${said.answer}`];

  const asked = new Map(changes.length ? cases.map(each => [each.id, [each.model, each.strategy].join(", ")]) : []);

  const change = each => make("article", { role: "listitem", class: "change" },
    make("h3", {}, make("a", { href: `#${encodeURIComponent(each.id)}` }, each.name), " ", make("small", {}, each.kind),
      make("small", { class: "quiet" }, ` \u00b7 ${asked.get(each.id) || ""}`)),
    make("p", {}, ...judged(each.before), " \u2192 ", ...judged(each.now)),
    each.words.length ? make("p", { class: "text", dir: "auto" }, ...each.words.map(([sign, words]) => signs[sign] ? make(signs[sign], {}, words) : words)) : null,
    each.reasons.length ? make("p", { class: "quiet" }, `may be due to: ${each.reasons.join("; ")}`) : null);

  const showChanges = () => {
    const kind = document.getElementById("kind"), changed = document.getElementById("changed"), more = document.getElementById("more");
    const counts = new Map();
    for (const each of changes) counts.set(each.kind, (counts.get(each.kind) || 0) + 1);
    kind.append(new Option(`all (${changes.length})`, ""), ...[...counts].map(([name, count]) => new Option(`${name} (${count})`, name)));
    let wanted = [];
    const add = () => {
      const from = changed.childElementCount;
      changed.append(...wanted.slice(from, from + PORTION).map(change));
      const left = wanted.length - changed.childElementCount;
      more.hidden = left === 0;
      more.textContent = `show ${Math.min(left, PORTION)} more of ${left}`;
    };
    const choose = () => {
      wanted = changes.filter(each => !kind.value || each.kind === kind.value);
      changed.replaceChildren();
      add();
    };
    kind.addEventListener("input", choose);
    more.addEventListener("click", add);
    document.getElementById("changes").hidden = false;
    choose();
  };

  if (changes.length) showChanges();
})();
