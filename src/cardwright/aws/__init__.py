"""The SageMaker face: AWS JSON 1.1 over HTTP, as botocore's service model describes it."""
