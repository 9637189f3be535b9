// The index is fetched, which browsers do not allow for files without a web server. The pages work without it.
if (location.protocol.startsWith('http')) {
  const element = document.getElementById('search')
  new PagefindUI({
    element: '#search',
    showImages: false,
    showSubResults: true,
    excerptLength: 12,
    // The addresses of results begin at the root of the website, which may be in a folder of the server.
    processResult: result => ({
      ...result,
      url: inSite(result.url),
      sub_results: result.sub_results.map(part => ({ ...part, url: inSite(part.url) })),
    }),
  })
  function inSite(url) {
    return element.dataset.top + url.replace(/^\//, '')
  }
}
