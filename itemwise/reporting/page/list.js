// A virtual list: of any number of items only the rows in view are elements. `makeRow(item, index)` makes one, `HEIGHT` pixels high.
const HEIGHT = 44;

const virtualList = (list, spacer, makeRow) => {
  let items = [], selected = -1, drawn = "", isWaiting = false;
  spacer.setAttribute("role", "presentation");

  const rowOf = index => {
    const row = makeRow(items[index], index);
    row.id = `row-${index}`;
    row.style.top = `${index * HEIGHT}px`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(index === selected));
    row.setAttribute("aria-setsize", String(items.length));
    row.setAttribute("aria-posinset", String(index + 1));
    return row;
  };

  // The rows in view with a few to either side; made again only where others are in view, or with `anew`.
  const draw = anew => {
    const first = Math.max(0, Math.floor(list.scrollTop / HEIGHT) - 4);
    const last = Math.min(items.length, first + Math.ceil(list.clientHeight / HEIGHT) + 8);
    if (!anew && drawn === `${first} ${last}`) return;
    drawn = `${first} ${last}`;
    list.replaceChildren(spacer, ...items.slice(first, last).map((item, offset) => rowOf(first + offset)));
    if (first <= selected && selected < last) list.setAttribute("aria-activedescendant", `row-${selected}`);
    else list.removeAttribute("aria-activedescendant");
  };

  const drawLater = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => { isWaiting = false; draw(false); });
  };

  // What is selected stays so, in the middle of what is in view, where it is among the new items; else the list starts at its top.
  const fill = newItems => {
    const kept = items[selected];
    items = newItems;
    selected = kept === undefined ? -1 : items.indexOf(kept);
    spacer.style.height = `${items.length * HEIGHT}px`;
    list.scrollTop = Math.max(0, selected * HEIGHT - list.clientHeight / 2);
    draw(true);
  };

  // Selects and returns the item at `index` and scrolls as far as it takes to have it in view; null where there is none.
  const select = index => {
    if (index < 0 || index >= items.length) return null;
    selected = index;
    const top = index * HEIGHT;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + HEIGHT > list.scrollTop + list.clientHeight) list.scrollTop = top + HEIGHT - list.clientHeight;
    draw(true);
    return items[index];
  };

  list.addEventListener("scroll", drawLater);
  addEventListener("resize", drawLater);
  return { fill, select, selectedIndex: () => selected, indexOf: item => items.indexOf(item) };
};
