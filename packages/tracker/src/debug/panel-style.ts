const text = `
:host { all: initial; position: fixed; right: 12px; bottom: 12px; z-index: 2147483647; }
details { width: min(440px, calc(100vw - 24px)); max-height: min(60vh, 520px); overflow: auto; box-sizing: border-box; padding: 8px 12px; border: 1px solid #c9d3cf;
  border-radius: 8px; background: #fff; color: #16211d; font: 12px/1.5 system-ui, sans-serif; box-shadow: 0 4px 16px rgb(0 0 0 / 18%); }
details:not([open]) { width: auto; }
summary { cursor: pointer; font-weight: 600; color: #0f5c4a; }
p { margin: 6px 0; display: flex; gap: 6px; }
button { font: inherit; padding: 2px 8px; border: 1px solid #c9d3cf; border-radius: 4px; background: #f3f6f5; color: inherit; cursor: pointer; }
h2 { margin: 8px 0 2px; font: 600 12px/1.5 system-ui, sans-serif; color: #52605a; }
ol { margin: 0; padding: 0; list-style: none; }
li { padding: 2px 6px; border-left: 3px solid #c9d3cf; margin: 2px 0; font: 11px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
li.refused, li.issues, li.notStored { border-color: #c0392b; }
li.stored { border-color: #d08a00; }
li.confirmed { border-color: #0f8a5f; }
@media (prefers-color-scheme: dark) {
  details { background: #18211e; color: #e3ebe7; border-color: #3a4843; }
  summary { color: #6fd3b3; }
  button { background: #24302c; border-color: #3a4843; }
  h2 { color: #9fb0a9; }
}`

/** Styles a shadow root, also under a content security policy that forbids style elements. */
export function styleOf(shadow: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    shadow.adoptedStyleSheets = [sheet]
  } catch {
    // before Chrome 73, Safari 16.4, Firefox 101
    shadow.appendChild(document.createElement('style')).textContent = text
  }
}
