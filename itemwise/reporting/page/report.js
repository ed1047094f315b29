(() => {
  const { cases, pictures, changes } = JSON.parse(document.getElementById("data").textContent);
  const list = document.getElementById("list"), spacer = document.getElementById("spacer"), detail = document.getElementById("detail");
  const filters = document.getElementById("filters"), count = document.getElementById("count");
  const HEIGHT = 44;
  let shown = [], selected = -1;

  cases.forEach(each => { each.search = [each.case, each.prompt, each.text, each.answer, each.expected, each.evidence].join("\n").toLowerCase(); });

  for (const name of ["verdict", "cause", "benchmark", "model", "strategy"]) {
    const values = [...new Set(cases.map(each => each[name]).filter(Boolean))];
    filters.elements[name].append(new Option("all", ""), ...values.map(value => new Option(value, value)));
    if (values.length < 2) filters.elements[name].parentElement.hidden = true;
  }

  const filter = () => {
    const wanted = Object.fromEntries(new FormData(filters));
    const text = wanted.text.trim().toLowerCase();
    const chosen = selected >= 0 ? shown[selected] : null;
    shown = cases.filter(each =>
      ["verdict", "cause", "benchmark", "model", "strategy"].every(name => !wanted[name] || each[name] === wanted[name])
      && (!text || each.search.includes(text)));
    if (wanted.sort) shown = [...shown].sort((one, other) => other[wanted.sort] - one[wanted.sort]);
    selected = chosen ? shown.indexOf(chosen) : -1;
    count.textContent = `${shown.length} of ${cases.length}`;
    spacer.style.height = `${shown.length * HEIGHT}px`;
    draw();
  };

  const draw = () => {
    const first = Math.max(0, Math.floor(list.scrollTop / HEIGHT) - 4);
    const last = Math.min(shown.length, first + Math.ceil(list.clientHeight / HEIGHT) + 8);
    list.querySelectorAll(".row").forEach(row => row.remove());
    for (let place = first; place < last; place++) list.append(row(shown[place], place));
  };

  const row = (each, place) => make("div",
    { class: "row", role: "option", "aria-selected": String(place === selected), style: `top:${place * HEIGHT}px`, onclick: () => choose(place) },
    pictures[each.picture] ? make("img", { src: pictures[each.picture], alt: "" }) : null,
    make("div", { class: "names" }, each.case, make("small", {}, [each.model, each.strategy, each.cause].filter(Boolean).join(" · "))),
    make("span", { class: `verdict ${each.verdict.replace(" ", "-")}` }, each.verdict));

  const choose = (place, keepHash) => {
    if (place < 0 || place >= shown.length) return;
    selected = place;
    const top = place * HEIGHT;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + HEIGHT > list.scrollTop + list.clientHeight) list.scrollTop = top + HEIGHT - list.clientHeight;
    draw();
    tell(shown[place]);
    if (!keepHash) history.replaceState(null, "", `#${encodeURIComponent(shown[place].id)}`);
  };

  const picture = each => {
    if (!pictures[each.picture]) return null;
    const image = make("img", { src: pictures[each.picture], alt: `picture of ${each.case}` });
    const button = make("button", { class: "seen", type: "button", "aria-expanded": "false", title: "show the whole picture" }, image);
    button.addEventListener("click", () => button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true")));
    return button;
  };

  const turn = (each, said, place) => {
    const cost = said.completion_tokens === undefined ? "" : ` · ${said.finish_reason} after ${said.completion_tokens} tokens`
      + (said.temperature ? ` · temperature ${said.temperature}, seed ${said.seed}` : "");
    const isReply = said.role === "assistant" && said.content === each.text;
    return [make("h4", {}, `${said.role}${cost}`), text(said.content, isReply ? each.span : null)];
  };

  const others = each => {
    const same = cases.filter(other => other !== each && other.case === each.case);
    if (!same.length) return [];
    return [make("h4", {}, "the same case asked otherwise"), make("div", { class: "beside" }, ...same.map(other => make("div", {},
      make("p", {}, make("a", { href: `#${encodeURIComponent(other.id)}` }, `${other.model}, ${other.strategy}`), " ",
        make("span", { class: `verdict ${other.verdict.replace(" ", "-")}` }, other.verdict)), text(other.text || other.message, other.span))))];
  };

  const tell = each => {
    const copy = make("button", { type: "button", onclick: () => navigator.clipboard && navigator.clipboard.writeText(each.rerun) }, "copy");
    detail.replaceChildren(
      make("h3", {}, each.case, " ", make("span", { class: `verdict ${each.verdict.replace(" ", "-")}` }, each.verdict)),
      picture(each) || "",
      make("dl", {}, ...fact("expected", each.expected), ...fact("answer", each.answer === null ? "nothing read" : each.answer), ...fact("read by", each.rule),
        ...each.causes.flatMap(cause => fact(cause.kind, cause.evidence)), ...fact("model", each.model), ...fact("strategy", each.strategy),
        ...fact("notes", each.notes), ...fact("tokens", each.tokens), ...fact("seconds", each.seconds.toFixed(3)),
        ...Object.entries(each.tags).flatMap(([name, value]) => fact(name, value))),
      ...(each.turns.length ? each.turns.flatMap((said, place) => turn(each, said, place)) : [make("h4", {}, "prompt"), text(each.prompt), make("h4", {}, "error"), text(each.message)]),
      ...others(each),
      make("h4", {}, "run just this case again"), make("p", { class: "text" }, each.rerun), copy);
    detail.scrollTop = 0;
  };

  const follow = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (!id || !cases.some(each => each.id === id || each.case === id)) return;
    let place = shown.findIndex(each => each.id === id || each.case === id);
    if (place < 0) { filters.reset(); filter(); place = shown.findIndex(each => each.id === id || each.case === id); }
    choose(place, true);
    document.getElementById("cases").scrollIntoView();
  };

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
  filters.addEventListener("submit", event => event.preventDefault());
  list.addEventListener("scroll", () => requestAnimationFrame(draw));
  addEventListener("resize", draw);
  addEventListener("hashchange", follow);
  addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "Escape" && typing) event.target.blur();
    if (typing) return;
    if (event.key === "/") { filters.elements.text.focus(); event.preventDefault(); }
    if (event.key === "j" || (event.key === "ArrowDown" && event.target === list)) { choose(selected + 1); event.preventDefault(); }
    if (event.key === "k" || (event.key === "ArrowUp" && event.target === list)) { choose(Math.max(0, selected - 1)); event.preventDefault(); }
  });
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
