// Joins the passkey forms of our pages to django-allauth's functions, and says in words what went wrong.
(function () {
  "use strict";
  const form = document.querySelector("[data-passkey]");
  if (!form || !window.PublicKeyCredential || !window.allauth) return;
  // Browsers refuse passkeys to addresses of digits: http://127.0.0.1 has none, http://localhost does.
  if (/^[\d.]+$|^\[/.test(location.hostname)) return;
  const trouble = document.getElementById("passkey-trouble");
  const ids = { credential: "passkey-credential", data: "passkey-data" };
  const kind = form.dataset.passkey;
  const button = { login: "login", authenticate: "authenticate", add: "add" }[kind];
  ids[button] = "passkey-button";
  if (kind === "add") ids.passwordless = "id_passwordless";
  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    trouble.textContent = trouble.dataset.said;
  });
  document.getElementById("passkey-button").addEventListener("click", function () {
    trouble.textContent = "";
  });
  window.allauth.webauthn.forms[kind + "Form"]({ ids: ids });
  form.hidden = false;
  const without = document.getElementById("without-passkeys");
  if (without) without.hidden = true;
})();
