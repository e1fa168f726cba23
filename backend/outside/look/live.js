// Keeps a sandbox page fresh: fetches it again and swaps the live parts that changed.
const parts = () => [...document.querySelectorAll("[data-live]")];
async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = [...fresh.querySelectorAll("[data-live]")];
    parts().forEach((part, n) => {
      if (next[n] && next[n].innerHTML !== part.innerHTML) part.innerHTML = next[n].innerHTML;
    });
  } catch {
    // the server is away; the next round tries again
  }
}
if (parts().length) setInterval(refresh, 2000);
