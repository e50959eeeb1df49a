package io.trivigil.rules.view;

import io.trivigil.model.Labels;
import java.util.OptionalLong;

/// An active alert as `/api/v1/alerts` shows it.
///
/// @param state `pending` or `firing`
/// @param activeAtMs since when it is active
/// @param keepFiringSinceMs since when it only lingers, if it does
/// @param value the expression's newest value
public record AlertView(
    Labels labels,
    Labels annotations,
    String state,
    long activeAtMs,
    OptionalLong keepFiringSinceMs,
    double value) {}
