import { describeRelay } from "./relay-suite";

describeRelay("xs");
