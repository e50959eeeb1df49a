package io.trivigil.scraper.view;

import io.trivigil.model.Labels;

/// A target that relabelling dropped.
public record DroppedTarget(String job, Labels discovered) {}
