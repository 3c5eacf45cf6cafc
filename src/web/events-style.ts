/** The style of the page of events, besides the common one. */
export const EVENTS_STYLE = `#events{display:grid;gap:.5rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr))}
#events li{display:grid;grid-template-columns:6rem 1fr;gap:0 .7rem;align-items:start;overflow-wrap:anywhere}
#events img{width:6rem}
#motion .stage>figure{flex:4 1 24rem}#motion .stage>div{flex:1 1 15rem}
#motion figure{position:relative;display:grid;touch-action:none}
#motion figure>*{grid-area:1/1;width:100%;aspect-ratio:auto}
#motion canvas{height:100%;cursor:crosshair}
#motion meter{width:100%;max-width:24rem}
.zones{display:grid;gap:.7rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,18rem),1fr))}
.zones form{border:1px solid var(--line);border-radius:var(--r);padding:.75rem;margin:0}.zones h4{margin:0 0 .5rem}
#events a{display:block;min-height:var(--touch);padding:.2rem 0}
.zones form:focus-within{border-color:var(--link)}
.sides{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:.4rem;font-size:.85rem;white-space:nowrap}
.sides input{width:100%;padding:.3rem .2rem}
`;
