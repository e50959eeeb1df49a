/// Trivigil beside its peers: reads what the measuring harness wrote, and judges it. No part of the
/// product; one thread each; times in seconds where the Prometheus API has seconds.
@NullMarked
package io.trivigil.bench;

import org.jspecify.annotations.NullMarked;
