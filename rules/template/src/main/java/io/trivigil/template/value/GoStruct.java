package io.trivigil.template.value;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// A Go struct made of given fields and methods.
public final class GoStruct implements GoObject {
  private final String goType;
  private final SequencedMap<String, @Nullable Object> fields;
  private final Map<String, GoFunction> methods;

  private GoStruct(Builder builder) {
    goType = builder.goType;
    fields = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(builder.fields));
    methods = Map.copyOf(builder.methods);
  }

  /// Starts a struct of that type name.
  public static Builder named(String goType) {
    return new Builder(goType);
  }

  @Override
  public String goType() {
    return goType;
  }

  @Override
  public @Nullable Member member(String name) {
    GoFunction method = methods.get(name);
    if (method != null) {
      return new Member.Method(method);
    }
    return fields.containsKey(name) ? new Member.Field(fields.get(name)) : null;
  }

  @Override
  public @Nullable String text() {
    GoFunction string = methods.get("String");
    return string == null ? null : GoFormat.sprint(string.call(Args.none()));
  }

  @Override
  public SequencedMap<String, @Nullable Object> fields() {
    return fields;
  }

  /// Collects fields, in the order in which Go would print them, and methods.
  public static final class Builder {
    private final String goType;
    private final SequencedMap<String, @Nullable Object> fields = new LinkedHashMap<>();
    private final Map<String, GoFunction> methods = new HashMap<>();

    private Builder(String goType) {
      this.goType = goType;
    }

    /// Adds a field.
    public Builder field(String name, @Nullable Object value) {
      fields.put(name, value);
      return this;
    }

    /// Adds a method.
    public Builder method(String name, GoFunction function) {
      methods.put(name, function);
      return this;
    }

    /// Makes the struct.
    public GoStruct build() {
      return new GoStruct(this);
    }
  }
}
