// A list of any length of which only the rows in sight are elements: `row(each, place)` makes one, `HEIGHT` pixels high.
const HEIGHT = 44;

const longList = (list, spacer, row) => {
  let items = [], selected = -1, waiting = false;

  const draw = () => {
    waiting = false;
    const first = Math.max(0, Math.floor(list.scrollTop / HEIGHT) - 4);
    const last = Math.min(items.length, first + Math.ceil(list.clientHeight / HEIGHT) + 8);
    list.querySelectorAll(".row").forEach(each => each.remove());
    for (let place = first; place < last; place++) {
      const made = row(items[place], place);
      made.id = `row-${place}`;
      made.style.top = `${place * HEIGHT}px`;
      made.setAttribute("role", "option");
      made.setAttribute("aria-selected", String(place === selected));
      made.setAttribute("aria-setsize", String(items.length));
      made.setAttribute("aria-posinset", String(place + 1));
      list.append(made);
    }
    if (selected >= first && selected < last) list.setAttribute("aria-activedescendant", `row-${selected}`);
    else list.removeAttribute("aria-activedescendant");
  };

  const later = () => { if (!waiting) { waiting = true; requestAnimationFrame(draw); } };

  // What is selected stays so, and stays in sight, where it is among the new items.
  const fill = found => {
    const kept = items[selected];
    items = found;
    selected = kept === undefined ? -1 : items.indexOf(kept);
    spacer.style.height = `${items.length * HEIGHT}px`;
    if (selected >= 0) select(selected); else { list.scrollTop = 0; draw(); }
  };

  const select = place => {
    if (place < 0 || place >= items.length) return null;
    selected = place;
    const top = place * HEIGHT;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + HEIGHT > list.scrollTop + list.clientHeight) list.scrollTop = top + HEIGHT - list.clientHeight;
    draw();
    return items[place];
  };

  list.addEventListener("scroll", later);
  addEventListener("resize", later);
  return { fill, select, place: () => selected, find: test => items.findIndex(test) };
};
