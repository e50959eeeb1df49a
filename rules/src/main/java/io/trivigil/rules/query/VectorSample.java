package io.trivigil.rules.query;

import io.trivigil.model.Labels;

/// One element of an instant vector.
public record VectorSample(Labels labels, double value) {}
