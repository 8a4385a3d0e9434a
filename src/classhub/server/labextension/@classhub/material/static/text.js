// A text that is shown becomes another one where the two differ, so that cursors stay in what is the same. The two do differ.
export function putText(shared, wanted) {
  const shown = shared.getSource();
  const most = Math.min(shown.length, wanted.length);
  let begin = 0;
  while (begin < most && shown[begin] === wanted[begin]) {
    begin += 1;
  }
  begin -= isHalf(shown, begin) || isHalf(wanted, begin);
  let end = 0;
  while (end < most - begin && shown[shown.length - 1 - end] === wanted[wanted.length - 1 - end]) {
    end += 1;
  }
  end -= isHalf(shown, shown.length - end) || isHalf(wanted, wanted.length - end);
  shared.updateSource(begin, shown.length - end, wanted.slice(begin, wanted.length - end));
}

// Within one character of two code units: each alone would be written as another one.
function isHalf(text, at) {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(Math.max(at - 1, 0), at + 1));
}
