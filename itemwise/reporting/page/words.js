// In which words two texts differ: their longest common subsequence, in a table of at most MOST places.
const MOST = 9000000;
const WORD = /\s+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{M}\p{N}_]+|[^]/gu;

// The pieces of the two texts in their order: { kind: "same" | "gone" | "come", text }; null where the texts are too long.
const wordDiff = (old, fresh) => {
  const a = old.match(WORD) || [], b = fresh.match(WORD) || [];
  let start = 0, end = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const mine = a.slice(start, a.length - end), others = b.slice(start, b.length - end);
  if ((mine.length + 1) * (others.length + 1) > MOST) return null;
  return joined([
    ...a.slice(0, start).map(text => ({ kind: "same", text })),
    ...steps(mine, others),
    ...a.slice(a.length - end).map(text => ({ kind: "same", text })),
  ]);
};

const steps = (a, b) => {
  const width = b.length + 1, shared = new Uint16Array((a.length + 1) * width);  // the shorter side has at most 3,000
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const here = i * width + j;
      shared[here] = a[i] === b[j] ? shared[here + width + 1] + 1 : Math.max(shared[here + width], shared[here + 1]);
    }
  }
  const found = [];
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { found.push({ kind: "same", text: a[i] }); i++; j++; }
    else if (j >= b.length || (i < a.length && shared[(i + 1) * width + j] >= shared[i * width + j + 1])) found.push({ kind: "gone", text: a[i++] });
    else found.push({ kind: "come", text: b[j++] });
  }
  return found;
};

// Neighbours of a kind in one piece. What two changes have between them without a letter or digit makes them no two.
const joined = pieces => {
  const found = [];
  let gone = "", come = "", between = "";
  const close = () => {
    if (gone) found.push({ kind: "gone", text: gone });
    if (come) found.push({ kind: "come", text: come });
    if (between) found.push({ kind: "same", text: between });
    gone = come = between = "";
  };
  for (const { kind, text } of pieces) {
    if (kind === "same") {
      if ((gone || come) && !/[\p{L}\p{N}]/u.test(text)) between += text;
      else { close(); between = text; close(); }
    } else {
      if (between) { gone += between; come += between; between = ""; }
      if (kind === "gone") gone += text; else come += text;
    }
  }
  close();
  return found.reduce((whole, piece) => {
    const last = whole[whole.length - 1];
    if (last && last.kind === piece.kind) last.text += piece.text; else whole.push(piece);
    return whole;
  }, []);
};
