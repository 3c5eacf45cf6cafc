/** The style of the portal, in the common stylesheet. */
export const PORTAL_STYLE = `#tools{margin-bottom:var(--m);gap:var(--s)}@media(max-width:30rem){#tools button{padding:.4rem .6rem;font-size:.95rem}}#seek{flex:1 1 10rem;max-width:22rem}
#cameras{display:grid;gap:var(--m);grid-template-columns:repeat(auto-fill,minmax(min(100%,18rem),1fr));align-items:start}
#cameras[data-size=s]{grid-template-columns:repeat(auto-fill,minmax(min(45%,10rem),1fr))}
#cameras[data-size=l]{grid-template-columns:repeat(auto-fill,minmax(min(100%,34rem),1fr))}
#cameras[data-size=s] :is(.more,.badge){display:none}
#cameras>li{background:var(--card);border:1px solid var(--line);border-radius:var(--r);padding:.75rem}
#cameras>li>a{display:block;background:var(--tint);border-radius:var(--r)}#cameras .lost{visibility:hidden}.cut :is(h2,.health){opacity:.5}
#cameras>li>p:first-child{display:grid;place-content:center;text-align:center;aspect-ratio:4/3;margin:0;padding:var(--s);background:var(--tint);border-radius:var(--r)}
.more{display:flex;flex-wrap:wrap;gap:0 var(--l)}.more>[open]{flex:1 0 100%}
#cameras h2{margin:var(--s) 0 0}#cameras h2 a{display:inline-flex;align-items:center;min-height:var(--touch);min-width:var(--touch)}
#cameras details p,#cameras details form{margin:.3rem 0}
#outside,#public{margin-top:var(--m)}#next{margin:var(--m) 0}#outside:empty{display:none}#adding .notice:not(.wrong){border-left-color:var(--link)}
.address{font-size:.9rem}
.wall{position:fixed;inset:0;z-index:2;overflow:auto;background:var(--screen)}
.wall #cameras{grid-template-columns:repeat(var(--columns,3),1fr);gap:2px;min-height:100%;align-content:center;margin:auto}
.wall li{position:relative;padding:0!important;border:0!important;border-radius:0!important;background:var(--screen)!important;color:var(--lit)}
.wall li>:not(a,h2,.health,p:first-child){display:none}.wall :is(img,p:first-child){border-radius:0!important;color:inherit}
.wall h2,.wall .health:not([data-health=ok]){position:absolute;left:0;bottom:0;margin:0!important;padding:0 .5rem;background:var(--veil)}.wall :is(h2,p) a{color:inherit}.wall h2 .badge{display:none}
.wall .health{display:none}.wall .health:not([data-health=ok],[data-health=unreachable]){display:block;bottom:auto;top:0}
#unwall{position:fixed;z-index:1;top:.5rem;right:.5rem;background:var(--veil);color:var(--lit);border-color:var(--lit)}
`;
