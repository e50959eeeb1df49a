/// Relabelling: the rules that rewrite, keep and drop label sets.
/// - **Lives here:** one rule, its validation, and what it does to labels.
/// - **May not live here:** whose labels they are: targets, samples and alerts use the same rules.
/// - **Threads:** rules are immutable; a label builder belongs to its caller.
/// - **Spec:** `relabel_config` of Prometheus 3.
@NullMarked
package io.trivigil.scraper.relabel;

import org.jspecify.annotations.NullMarked;
