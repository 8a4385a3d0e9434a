// What two lists have in common, in the order of both: [place in the one, place in the other], as much as can be by weight.
export function inOrder(one, other, weightOf) {
  const best = Array.from({ length: one.length + 1 }, () => new Float64Array(other.length + 1));
  const together = (i, j) => (one[i] === other[j] ? best[i + 1][j + 1] + weightOf(i) : 0);
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      best[i][j] = Math.max(best[i + 1][j], best[i][j + 1], together(i, j));
    }
  }
  const pairs = [];
  for (let [i, j] = [0, 0]; i < one.length && j < other.length; ) {
    if (one[i] === other[j] && best[i][j] === together(i, j)) {
      pairs.push([i, j]);
      [i, j] = [i + 1, j + 1];
    } else if (best[i][j] === best[i + 1][j]) {
      i += 1;
    } else {
      j += 1;
    }
  }
  return pairs;
}
