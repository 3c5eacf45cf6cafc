import { CAMERA_STYLE } from "./camera-style";
import { DESIGN_TOKENS } from "./design-tokens";
import { PORTAL_STYLE } from "./portal-style";

/**
 * The common stylesheet of the pages: light and dark, from phones to wide screens, without images or fonts.
 *
 * Classes for all pages: `.card` (as a `section`), `.grid` of cards, `.sections` in columns, `.row`, `.button`, `.plain` and `.danger`
 * buttons, `.notice`, `.banner`, `.badge`, `.hint`, `.fields` of a form, `.copy`, `.unseen`.
 */
export const STYLESHEET = `${DESIGN_TOKENS}*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text)}
.top,header>h1,main{padding-inline:max(var(--m),(100% - 80rem)/2)}
.top{display:flex;flex-wrap:wrap;align-items:center;gap:0 var(--l);background:var(--card);border-bottom:1px solid var(--line)}
.brand{display:flex;align-items:center;gap:.6rem;flex:0 1 auto;min-width:0;min-height:3.25rem;font-weight:600;font-size:1.1rem;color:inherit;text-decoration:none;overflow-wrap:anywhere}
.logo{flex:none;width:1.9rem;height:1.9rem;color:var(--link)}
nav{display:flex;flex:1 1 0;min-width:0}nav>div{display:flex;min-width:0;overflow-x:auto;scrollbar-width:none}
nav>div,.table{background:linear-gradient(90deg,var(--card) 60%,transparent) 0/3rem 100% no-repeat local,linear-gradient(270deg,var(--card) 60%,transparent) 100%/3rem 100% no-repeat local,linear-gradient(90deg,var(--shade),transparent) 0/1rem 100% no-repeat,linear-gradient(270deg,var(--shade),transparent) 100%/1rem 100% no-repeat}
nav details{position:relative;flex:none}nav summary::after{content:"\\25be";content:"\\25be"/"";margin-left:.3rem}nav details>div{position:absolute;z-index:3;right:0;background:var(--card);border:1px solid var(--line);border-radius:var(--r);padding:.3rem;box-shadow:0 .3rem 1rem var(--shade)}nav details a{justify-content:flex-start}
nav :is(a,summary),.account a{display:flex;flex:none;align-items:center;justify-content:center;min-width:var(--touch);min-height:3.25rem;padding:.2rem .7rem 0;white-space:nowrap;text-decoration:none;color:var(--dim);border-bottom:.2rem solid transparent}
nav :is(a,summary):hover{color:var(--text)}
nav [aria-current],nav :has([aria-current])>summary{color:var(--link);border-color:var(--link);font-weight:600}
.account{margin-left:auto}.account form{margin:0}.account button{border:0;padding:.3rem .7rem;color:var(--dim)}
@media(max-width:56rem){.top{column-gap:var(--s)}.brand{flex:1 1 50%}nav{order:1;flex:1 0 100%;margin-inline:calc(0px - var(--m));width:0}nav>div{padding-inline:.3rem}nav :is(a,summary){min-height:var(--touch)}}
main{padding-bottom:2.5rem}
header>h1{padding-top:var(--l)}main{padding-top:var(--m)}body>main:first-child{padding-top:var(--l)}body>main:first-child h1{margin-bottom:var(--m)}
h1{font-size:1.5rem;line-height:1.25;margin:0;overflow-wrap:anywhere}
h2{font-size:1.1rem;line-height:1.3;margin:0 0 var(--s);overflow-wrap:anywhere}
h3{font-size:1rem;line-height:1.3;margin:var(--m) 0 .3rem;overflow-wrap:anywhere}
p{margin:.4rem 0}
ul{list-style:none;padding:0;margin:0}
a{color:var(--link)}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}tr:last-child>td{border:0}
td{max-width:22rem;overflow-wrap:break-word}.n{text-align:right;white-space:nowrap}td time{white-space:nowrap}@media(max-width:40rem){table{width:max-content;min-width:100%}}
:is(li,dd,td,h2,h3)>a,p>a:only-child,.row a,.address{display:inline-flex;align-items:center;min-width:var(--touch);min-height:var(--touch);overflow-wrap:anywhere}
@media(pointer:fine){td>a{min-height:0}}
.row a{padding:0 .5rem;justify-content:center}.row>a:first-child:not(.button){margin-left:-.5rem}
.row [aria-current]{color:inherit;font-weight:600;text-decoration:none}
section,.card{background:var(--card);border:1px solid var(--line);border-radius:var(--r);padding:var(--m)}
main>section+section,main>section+form,main>form+section{margin-top:var(--m)}
.grid{display:grid;gap:var(--m);grid-template-columns:repeat(auto-fill,minmax(min(100%,18rem),1fr))}
.sections{columns:22rem;column-gap:var(--m);margin-top:var(--m)}.sections>*{break-inside:avoid;margin:0 0 var(--m)}
.row{display:flex;flex-wrap:wrap;gap:var(--s) var(--m);align-items:center}
.row form{margin:0}
.choice{display:flex}.choice>*{flex:0 1 auto;min-width:0;border-radius:0;margin-left:-1px;padding:.4rem .7rem;white-space:nowrap}.choice>:first-child{border-radius:var(--r) 0 0 var(--r);margin:0}.choice>:last-child{border-radius:0 var(--r) var(--r) 0}
.badge{font-size:.8rem;font-weight:400;border:1px solid var(--edge);border-radius:1rem;padding:.05rem .5rem;white-space:nowrap}
.health::before{content:"\\25cf";content:"\\25cf"/"";color:var(--good);margin-right:.4rem}
.health:not([data-health=ok])::before{content:"\\25b2";content:"\\25b2"/"";color:var(--bad)}
.health[data-health=unreachable]::before{color:var(--warn)}
.notice,.banner{border:1px solid var(--line);border-left:.3rem solid var(--warn);border-radius:var(--r);background:var(--card);padding:.6rem var(--m);margin:0 0 var(--m)}
.banner{border-color:var(--bad)}.banner h2{color:var(--bad)}
.hint,dt{color:var(--dim)}
#news:not(:empty):not(.unseen){border-left:.3rem solid var(--warn);padding:.3rem var(--m)}
form{margin:var(--s) 0}
label{display:block}
button,input,select,textarea,.button{font:inherit;min-height:var(--touch);min-width:var(--touch);padding:.4rem var(--m);border-radius:var(--r);border:1px solid var(--edge);max-width:100%}
input,select,textarea{background:var(--back);color:var(--text);padding:.4rem .7rem}
input[type=checkbox],input[type=radio]{min-height:0;min-width:0;width:1.4rem;height:1.4rem;margin:0;accent-color:var(--link)}
label:has(>[type=checkbox],>[type=radio]){display:flex;align-items:center;gap:.6rem;min-height:var(--touch)}
label input:not([type=checkbox],[type=radio]),label select,label textarea{display:block;width:100%;max-width:26rem;margin:.2rem 0 .7rem}
.fields{display:grid;gap:0 var(--m);grid-template-columns:repeat(auto-fit,minmax(min(100%,9rem),1fr));align-items:end}
button,.button{background:var(--link);border-color:var(--link);color:var(--on);cursor:pointer}
.button,.row a.button{display:inline-flex;align-items:center;justify-content:center;text-decoration:none;padding:.4rem var(--m)}
.plain{background:none;color:var(--text);border-color:var(--edge)}
.danger{background:none;color:var(--bad);border-color:var(--bad)}dialog .danger{background:var(--bad);color:var(--on)}
:is(button,.button):hover{box-shadow:inset 0 0 0 10rem var(--tint)}button:disabled{opacity:.6;cursor:default}
[aria-pressed=true],.choice>[aria-current]{position:relative;color:var(--link);font-weight:600;border-color:var(--link);box-shadow:inset 0 0 0 1px var(--link)}
output{display:block;margin:.3rem 0;color:var(--good)}.wrong{color:var(--bad)}output:empty{display:none}[aria-invalid=true]{border-color:var(--bad);box-shadow:0 0 0 1px var(--bad)}
#search{max-width:26rem}summary>:is(h2,h3){display:inline}summary{cursor:pointer;padding:.65rem 0;color:var(--link)}
dialog{background:var(--card);color:var(--text);border:1px solid var(--line);border-radius:var(--r);padding:var(--l);max-width:min(30rem,100vw - 2rem)}dialog::backdrop{background:var(--veil)}
dl{display:grid;grid-template-columns:fit-content(45%) minmax(0,1fr);gap:.25rem var(--m);margin:.4rem 0}dd{margin:0;overflow-wrap:anywhere}
@media(max-width:30rem){dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin-bottom:.5rem}}
code,.code{font-family:ui-monospace,monospace;font-size:.925rem;overflow-wrap:anywhere}
.copy{display:flex;gap:var(--s);align-items:center;justify-content:space-between;background:var(--back);border:1px solid var(--line);border-radius:var(--r);padding:.2rem .2rem .2rem .7rem;margin:.3rem 0;max-width:48rem}
.copy>:first-child{flex:1;min-width:0;max-height:20rem;overflow-y:auto}.copy a{display:flex;align-items:center;min-height:var(--touch)}.copy button{border:0;color:var(--link);padding:.3rem .7rem}
meter{width:100%;max-width:24rem;height:1.2rem}
img{width:100%;height:auto;aspect-ratio:4/3;object-fit:contain;background:var(--tint);border-radius:var(--r);display:block}
img.stale{filter:grayscale(1);opacity:.45}
figure{margin:0 0 var(--m)}.qr{width:18rem;max-width:100%;aspect-ratio:1;background:var(--lit)}.qr svg{display:block;width:100%;height:auto}
:focus-visible{outline:.2rem solid var(--link);outline-offset:.15rem}nav :focus-visible{outline-offset:-.2rem}
.unseen{position:absolute;width:1px;height:1px;margin:0;padding:0!important;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}
@media(scripting:none){.still,.copy button{display:none}}
@media(prefers-reduced-motion:reduce){*{scroll-behavior:auto!important;transition:none!important;animation:none!important}}
${PORTAL_STYLE}${CAMERA_STYLE}`;
