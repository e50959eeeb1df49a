package io.trivigil.scraper.view;

import io.trivigil.model.Labels;
import io.trivigil.scraper.state.FamilyMeta;

/// What one target says of one metric.
public record TargetMetadata(Labels target, String metric, FamilyMeta meta) {}
