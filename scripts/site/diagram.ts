/** What is used of beautiful-mermaid. */
export interface Mermaid {
  renderMermaidSVG: (diagram: string, options: Record<string, string | boolean>) => string
}

/** Draws a diagram of a page with the colours of the website. */
export function drawing({ renderMermaidSVG }: Mermaid): (diagram: string) => string {
  return diagram => {
    const svg = renderMermaidSVG(diagram, {
      bg: 'var(--background)',
      fg: 'var(--text)',
      muted: 'var(--muted)',
      line: 'var(--muted)',
      accent: 'var(--text)',
      transparent: true,
    })
    // The website requests nothing from others, so its text has the font of the page.
    return svg.replace(/@import url\([^)]*\);/g, '').replace(/font-family: '[^']*', /g, 'font-family: ')
  }
}
