package io.trivigil.web.cli;

/// A command line that can not be understood. The message is for the user.
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
