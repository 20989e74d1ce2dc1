// Small comforts. Every page and every form works without this file.
(function () {
  "use strict";

  const root = document.documentElement;
  root.classList.add("js");
  // A toast must not lie on the main action.
  if (document.querySelector(".dock")) root.classList.add("has-dock");

  function each(selector, act) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  }

  // A form is sent once: the pressed button says so and a second click is swallowed.
  let pressed = null;
  document.addEventListener("click", function (event) {
    const button = event.target.closest && event.target.closest("button");
    if (button && button.type === "submit") pressed = button;
  });
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.hasAttribute("data-again")) return;
    if (form.getAttribute("data-sent")) {
      event.preventDefault();
      return;
    }
    form.setAttribute("data-sent", "yes");
    // After a quarter of a minute the line is surely broken: let people try again.
    setTimeout(function () { release(form); }, 15000);
    const button = pressed && pressed.form === form ? pressed : form.querySelector("[data-busy]");
    if (!button || !button.hasAttribute("data-busy")) return;
    // The width must stay, and a disabled button would not send its own name.
    button.setAttribute("data-words", button.innerHTML);
    button.style.minWidth = button.offsetWidth + "px";
    button.setAttribute("aria-busy", "true");
    button.textContent = button.getAttribute("data-busy");
  });
  function release(form) {
    form.removeAttribute("data-sent");
    each("[aria-busy][data-words]", function (button) {
      if (button.form !== form) return;
      button.innerHTML = button.getAttribute("data-words");
      button.removeAttribute("data-words");
      button.removeAttribute("aria-busy");
    });
  }
  // The back button shows the page as it was left: let people send again.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) each("form[data-sent]", release);
  });

  // Copy a number or a link.
  function say(button, words) {
    const face = button.querySelector("span") || button;
    const before = button.getAttribute("data-before") || face.textContent;
    button.setAttribute("data-before", before);
    face.textContent = words;
    setTimeout(function () { face.textContent = before; }, 2000);
  }
  function copyTheOldWay(text) {
    const box = document.createElement("textarea");
    box.value = text;
    box.setAttribute("readonly", "");
    box.className = "sr-only";
    document.body.appendChild(box);
    box.select();
    const worked = document.execCommand("copy");
    document.body.removeChild(box);
    return worked;
  }
  document.addEventListener("click", function (event) {
    const button = event.target.closest && event.target.closest("[data-copy]");
    if (!button) return;
    const text = button.getAttribute("data-copy");
    const done = function () { say(button, button.getAttribute("data-done") || "已复制"); };
    const fail = function () { say(button, copyTheOldWay(text) ? button.getAttribute("data-done") : "请长按复制"); };
    if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(text).then(done, fail);
    else fail();
  });

  // Name and size of a chosen file.
  document.addEventListener("change", function (event) {
    const input = event.target;
    if (!input.hasAttribute || !input.hasAttribute("data-file")) return;
    const line = document.getElementById(input.id + "-name");
    if (!line) return;
    const words = Array.prototype.map.call(input.files, function (file) {
      const size = file.size < 1048576 ? Math.ceil(file.size / 1024) + " KB" : (file.size / 1048576).toFixed(1) + " MB";
      return file.name + "（" + size + "）";
    });
    line.textContent = words.length ? "已选：" + words.join("、") : "";
    line.hidden = !words.length;
  });

  // The wish counter: <p data-refresh="/address"> is replaced by what the address says about the form's fields.
  each("[data-refresh]", function (place) {
    const form = place.closest("form");
    if (!form) return;
    let waiting = 0;
    let turn = 0;
    function refresh() {
      const mine = ++turn;
      const query = new URLSearchParams();
      // Only what is chosen, never what is typed: an address is kept in logs.
      Array.prototype.forEach.call(form.elements, function (field) {
        const chosen = field.tagName === "SELECT" || ((field.type === "radio" || field.type === "checkbox") && field.checked);
        if (chosen && field.name && field.value) query.append(field.name, field.value);
      });
      fetch(place.getAttribute("data-refresh") + "?" + query.toString(), { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } })
        .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(answer.status); })
        .then(function (piece) { if (mine === turn) place.innerHTML = piece; })
        .catch(function () { /* the counter stays as it was; the form still works */ });
    }
    form.addEventListener("change", function () {
      clearTimeout(waiting);
      waiting = setTimeout(refresh, 200);
    });
  });

  // A refused form: go to the summary.
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  // A menu shuts when one presses elsewhere or Escape.
  document.addEventListener("click", function (event) {
    each("details[data-menu][open]", function (menu) { if (!menu.contains(event.target)) menu.open = false; });
  });

  // Single letters on staff pages: [data-key="a"] is pressed, J and K walk along the queue, ? opens the list.
  const OFF = "weiguang-keys-off";
  function remembered() {
    try { return localStorage.getItem(OFF) === "yes"; } catch (error) { return false; }
  }
  function remember(off) {
    try { localStorage.setItem(OFF, off ? "yes" : "no"); } catch (error) { /* private mode: only for this page */ }
  }
  let off = remembered();
  each("[data-keys-off]", function (box) {
    box.checked = off;
    box.addEventListener("change", function () { off = box.checked; remember(off); });
  });
  function walk(step) {
    const rows = Array.prototype.slice.call(document.querySelectorAll(".queue-row"));
    if (!rows.length) return;
    const now = rows.findIndex(function (row) { return row.hasAttribute("aria-current"); });
    const next = rows[Math.max(0, Math.min(rows.length - 1, now + step))];
    if (next && next !== rows[now]) next.click();
  }
  // A key that says no leads to its reasons first: sent without one it would only come back.
  function unchosen(form) {
    const radios = form ? Array.prototype.filter.call(form.elements, function (one) { return one.type === "radio"; }) : [];
    const chosen = radios.some(function (one) { return one.checked; });
    return radios.length && !chosen ? { click: function () { radios[0].focus(); } } : null;
  }
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      each("details[data-menu][open]", function (menu) { menu.open = false; });
      return;
    }
    const inField = event.target.closest && event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
    if (off || inField || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const key = event.key.toLowerCase();
    if (key === "?") {
      each("[data-keys]", function (sheet) { sheet.open = !sheet.open; });
    } else if (key === "j" || key === "k") {
      walk(key === "j" ? 1 : -1);
    } else if (/^[a-z]$/.test(key)) {
      const target = document.querySelector('[data-key="' + key + '"]');
      if (!target) return;
      event.preventDefault();
      (unchosen(target.form) || target).click();
    }
  });

  // Left alone longer than its sign-in lasts, the page goes from the screen, server or no server.
  // What was typed stays and goes on after signing in; of the rest nothing is kept.
  const alone = Number(root.getAttribute("data-ends-after"));
  const over = Date.now() + alone * 1000;
  function typedIn(form) {
    return Array.prototype.some.call(form.elements, function (one) {
      if (one.type === "checkbox" || one.type === "radio") return one.checked !== one.defaultChecked;
      return one.type !== "hidden" && one.defaultValue !== undefined && one.value !== one.defaultValue;
    });
  }
  function clearAway() {
    if (Date.now() < over || root.hasAttribute("data-over")) return;
    root.setAttribute("data-over", "");
    const kept = Array.prototype.filter.call(document.forms, typedIn);
    document.body.replaceChildren.apply(document.body, kept);
    document.title = "";
    if (!kept.length) location.reload();
  }
  if (alone) {
    setInterval(clearAway, 5000);
    document.addEventListener("visibilitychange", clearAway);
    window.addEventListener("pageshow", clearAway);
  }

  // The row in hand stays in sight in a long queue.
  const current = document.querySelector(".desk-list [aria-current]");
  if (current && current.scrollIntoView) current.scrollIntoView({ block: "nearest" });
})();
