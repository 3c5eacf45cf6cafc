import { describeRelay } from "./relay-suite";

describeRelay("node");
