"""The SageMaker interface: AWS JSON 1.1 over HTTP, as botocore's service model describes it."""
