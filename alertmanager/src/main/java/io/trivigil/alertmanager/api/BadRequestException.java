package io.trivigil.alertmanager.api;

/// What was asked makes no sense: 400, with this message.
public final class BadRequestException extends Exception {
  private static final long serialVersionUID = 1;

  public BadRequestException(String message) {
    super(message);
  }
}
