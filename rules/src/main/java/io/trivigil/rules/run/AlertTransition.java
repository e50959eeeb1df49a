package io.trivigil.rules.run;

import io.trivigil.model.Labels;

/// An alert changed its state: one line of the alert history.
///
/// @param atMs the slot in which it was seen
/// @param alert the alert's labels
/// @param from the former state's name
/// @param to the new state's name
/// @param value the expression's value
public record AlertTransition(long atMs, Labels alert, String from, String to, double value) {}
