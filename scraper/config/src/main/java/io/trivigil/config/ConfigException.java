package io.trivigil.config;

import java.util.List;
import java.util.stream.Collectors;

/// A configuration that can not be loaded, with everything that is wrong with it.
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  ConfigException(List<Problem> problems, int more) {
    super(
        problems.stream().map(Problem::toString).collect(Collectors.joining("\n"))
            + (more == 0 ? "" : "\nand %d more problems".formatted(more)));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
