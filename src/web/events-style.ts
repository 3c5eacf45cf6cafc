/** The style of the page of events, besides the common one. */
export const EVENTS_STYLE = `main>section+section{margin-top:1rem}
#events{display:grid;gap:.5rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr))}
#events li{display:grid;grid-template-columns:6rem 1fr;gap:0 .7rem;align-items:start;overflow-wrap:anywhere}
#events img{width:6rem}
#motion figure{position:relative;display:grid;touch-action:none}
#motion figure>*{grid-area:1/1;width:100%;aspect-ratio:auto}
#motion canvas{height:100%;cursor:crosshair}
#motion meter{width:100%;max-width:24rem}
.zones{display:grid;gap:.7rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,18rem),1fr))}
.zones form{border:1px solid var(--line);border-radius:.4rem;padding:.5rem;margin:0}
.zones form:focus-within{border-color:var(--link)}
.sides{display:grid;grid-template-columns:repeat(4,1fr);gap:.4rem}
.sides input{width:100%;padding:.3rem .2rem}
`;
