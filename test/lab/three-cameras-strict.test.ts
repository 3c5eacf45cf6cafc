import { threeCameras } from "./three-cameras-suite";

threeCameras("igd1 secure rules=strict lease_file pcp", ["node"]);
threeCameras("igd1 secure rules=strict lease_file pcp", ["xs"]);
