/** The style of the page of devices, with the variables of the common one. @see DESIGN_TOKENS */
export const DEVICES_STYLE = `#devices{margin-top:var(--m)}
#devices td{vertical-align:middle}
#devices label{justify-content:center;min-width:var(--touch)}
#devices th{white-space:nowrap}
#devices td[data-order]{white-space:nowrap}
#devices .sort{background:none;border:0;color:inherit;font-weight:600;padding:0;min-height:var(--touch);text-align:left}
.sort::after{content:" \\2195";content:" \\2195"/"";color:var(--dim)}
[aria-sort] .sort::after{color:inherit}
[aria-sort=ascending] .sort::after{content:" \\25b2";content:" \\25b2"/""}
[aria-sort=descending] .sort::after{content:" \\25bc";content:" \\25bc"/""}
#find{margin:0;flex:1 1 16rem}#find label input{margin-bottom:0}
#job li{padding:.3rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
#job li[data-state=done] .badge{color:var(--good);border-color:var(--good)}
#job li[data-state=failed] .badge{color:var(--bad);border-color:var(--bad)}
#job ul{max-height:22rem;overflow-y:auto;margin:var(--s) 0}
@media(max-width:40rem){#devices .badge{display:block;width:max-content;margin-top:.2rem}}
@media(scripting:none){#devices td:first-child label{display:none}}
`;
