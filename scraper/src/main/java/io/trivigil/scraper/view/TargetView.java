package io.trivigil.scraper.view;

import io.trivigil.model.Labels;

/// An active target as `/api/v1/targets` shows it.
///
/// @param globalUrl the URL as others may reach it: a local host replaced by this one's name
/// @param lastScrapeMs 0 before the first
/// @param health `unknown`, `up` or `down`
/// @param interval as `15s`
/// @param timeout as `10s`
public record TargetView(
    Labels discovered,
    Labels labels,
    String job,
    String scrapeUrl,
    String globalUrl,
    String lastError,
    long lastScrapeMs,
    double lastScrapeSeconds,
    String health,
    String interval,
    String timeout) {}
