"""Bazel's built-in ProtoInfo under protobuf's label."""

load("//bazel/private:native.bzl", "NativeProtoInfo")

ProtoInfo = NativeProtoInfo
