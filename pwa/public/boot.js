// Runs before the first paint, so that theme, text size and language never flash.
;(function () {
  var root = document.documentElement
  var get = function (key) {
    try { return localStorage.getItem('yimen.' + key) } catch (_) { return null }
  }
  var theme = get('theme')
  var dark = theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  root.dataset.theme = dark ? 'dark' : 'light'
  var scale = get('scale')
  root.dataset.scale = scale === '1.4' || scale === '2' ? scale : '1'
  var lang = get('lang')
  if (lang === 'en' || lang === 'zh-Hant') root.lang = lang
})()
