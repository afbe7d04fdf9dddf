"use strict";
(function () {
  document.querySelectorAll("button.copy").forEach(function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      var text = document.getElementById(button.dataset.copies).textContent;
      navigator.clipboard.writeText(text).then(
        function () { button.textContent = "Copied"; },
        function () { button.textContent = "Select and copy"; });
    });
  });

  var table = document.getElementById("table"), form = document.getElementById("filters");
  if (!table || !form) return;
  var body = table.tBodies[0], count = document.getElementById("count");
  var rows = Array.prototype.slice.call(body.rows), kinds = ["variant", "layer", "verdict", "regime", "tier"];
  var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
  form.hidden = false;

  function filter() {
    var words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
    rows.forEach(function (row, i) {
      var fits = kinds.every(function (kind) {
        var asked = form.elements[kind].value;
        return !asked || row.dataset[kind] === asked;
      }) && words.every(function (word) { return texts[i].indexOf(word) >= 0; });
      row.hidden = !fits;
      shown += fits;
    });
    count.textContent = shown === rows.length ? shown + " rows" : shown + " of " + rows.length + " rows";
  }
  form.addEventListener("input", filter);
  form.addEventListener("change", filter);
  form.addEventListener("reset", function () { setTimeout(filter, 0); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });

  function value(row, column, number) {
    var cell = row.cells[column];
    if (!number) return cell.textContent;
    var text = cell.dataset.value;
    return text === "" ? NaN : text === "inf" ? Infinity : parseFloat(text);
  }
  function sort(head, column) {
    var number = head.dataset.kind === "number";
    var up = head.getAttribute("aria-sort") === (number ? "descending" : "none") || !head.hasAttribute("aria-sort") && !number;
    table.querySelectorAll("th[aria-sort]").forEach(function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    var keyed = rows.map(function (row, i) { return [value(row, column, number), i, row]; });
    keyed.sort(function (a, b) {
      var first = a[0], second = b[0];
      if (number) {
        if (first !== first || second !== second) return (first !== first) - (second !== second) || a[1] - b[1];
        return (up ? 1 : -1) * (first < second ? -1 : first > second ? 1 : 0) || a[1] - b[1];
      }
      return (up ? 1 : -1) * (first < second ? -1 : first > second ? 1 : 0) || a[1] - b[1];
    });
    var all = document.createDocumentFragment();
    keyed.forEach(function (each) { all.appendChild(each[2]); });
    body.appendChild(all);
  }
  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    button.addEventListener("click", function () { sort(head, column); });
  });
})();
