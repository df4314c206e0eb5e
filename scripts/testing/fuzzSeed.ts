import fc from "fast-check";

// One seed for every property test, so that a run is bounded and repeats; a failure prints its path as well.
fc.configureGlobal({ seed: 20_261_121 });
