// Keeps the list on a sandbox page fresh: fetches the page again and swaps the live part when it changed.
const part = () => document.querySelector("[data-live]");
async function refresh() {
  if (document.hidden || !part()) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
    if (fresh && fresh.innerHTML !== part().innerHTML) part().innerHTML = fresh.innerHTML;
  } catch {
    // the server is away; the next round tries again
  }
}
if (part()) setInterval(refresh, 2000);
